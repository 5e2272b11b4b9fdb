import { type NativeType, writeMark } from './native';

/** The members that are mapped, and those that tell an own write; a body is only to be had by reading. */
const members: Readonly<Record<ExchangeType, string>> = {
  message: [
    'id,changeKey,subject,bodyPreview,from,toRecipients,ccRecipients,bccRecipients,receivedDateTime,sentDateTime',
    'conversationId,createdDateTime,lastModifiedDateTime,importance,categories,isRead,isDraft,flag',
  ].join(),
  event: [
    'id,changeKey,subject,bodyPreview,start,end,organizer,attendees,seriesMasterId,createdDateTime,lastModifiedDateTime',
    'importance,categories,isCancelled,showAs,location,sensitivity,isAllDay,responseStatus',
  ].join(),
};

/** What lies in Exchange, and may come along with its notifications. */
type ExchangeType = Exclude<NativeType, 'todoTask' | 'plannerTask'>;

export function isOfExchange(nativeType: NativeType | undefined): nativeType is ExchangeType {
  return nativeType !== undefined && Object.hasOwn(members, nativeType);
}

/** The query that reads a resource whole, own write marks and linked resources included. */
export function selected(nativeType: NativeType): string {
  if (nativeType === 'plannerTask') return '';
  return nativeType === 'todoTask' ? '$expand=linkedResources' : `$select=body,${members[nativeType]}&${expandedMark}`;
}

/** The query of a subscription whose notifications bring their resource: Graph takes no body there. */
export function subscribed(nativeType: ExchangeType): string {
  return `$select=${members[nativeType]}&${expandedMark}`;
}

const expandedMark = `$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${writeMark}')`)}`;
