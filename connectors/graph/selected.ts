import { type NativeType, writeMark } from './native';

/** The members that are mapped, and those that tell an own write. */
const members: Readonly<Record<NativeType, string>> = {
  message: [
    'id,changeKey,subject,body,from,toRecipients,ccRecipients,bccRecipients,receivedDateTime,sentDateTime,conversationId',
    'createdDateTime,lastModifiedDateTime,importance,categories,isRead,isDraft,flag',
  ].join(),
  event: [
    'id,changeKey,subject,body,start,end,organizer,attendees,seriesMasterId,createdDateTime,lastModifiedDateTime',
    'importance,categories,isCancelled,showAs,location,sensitivity,isAllDay,responseStatus',
  ].join(),
  todoTask: '',
};

/** The query that reads a resource whole, own write marks and linked resources included. */
export function selected(nativeType: NativeType): string {
  if (nativeType === 'todoTask') return '$expand=linkedResources';
  const mark = `singleValueExtendedProperties($filter=id eq '${writeMark}')`;
  return `$select=${members[nativeType]}&$expand=${encodeURIComponent(mark)}`;
}
