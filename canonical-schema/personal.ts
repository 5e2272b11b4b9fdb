import type { EntityName } from './entity';

/** What a field tells of a person: the kind of its placeholder when it is masked. `company` is any other name than a person's. */
export type PersonalKind = 'name' | 'company' | 'email' | 'phone' | 'address' | 'number' | 'id' | 'link' | 'date';

/** `text`: a person wrote it, so anything may stand in it; `plain`: nothing personal. */
export type FieldKind = PersonalKind | 'text' | 'plain';

/** By the field's name, which means the same in every entity. `name` is missing: it depends on the entity. */
const kinds: Readonly<Record<Exclude<FieldKind, 'number' | 'plain'>, readonly string[]>> = {
  name: ['salutation', 'firstName', 'middleName', 'lastName', 'suffix', 'contactName'],
  company: ['company'],
  email: ['email', 'contactEmail'],
  phone: ['phone', 'mobilePhone', 'fax', 'contactPhone'],
  address: ['address', 'billingAddress', 'shippingAddress', 'mailingAddress', 'otherAddress'],
  id: [
    ...['id', 'ownerId', 'accountId', 'contactId', 'leadId', 'campaignId', 'opportunityId', 'orderId', 'parentId'],
    ...['convertedAccountId', 'convertedContactId', 'convertedOpportunityId', 'reportsToId', 'assetId', 'productId'],
    ...['number', 'serialNumber', 'reference', 'key', 'threadId', 'relatedTo', 'person'],
  ],
  link: ['website'],
  date: ['birthdate'],
  text: ['description', 'subject', 'body', 'nextStep', 'lostReason', 'lines', 'participants', 'attributes'],
};

/** Fields that say nothing of a person. One that is in neither list is a defect, which a test finds. */
const plain: ReadonlySet<string> = new Set([
  ...['nativeType', 'title', 'department', 'industry', 'employees', 'annualRevenue', 'currency', 'source', 'status'],
  ...['rating', 'doNotCall', 'hasOptedOutOfEmail', 'isConverted', 'convertedAt', 'lastActivityAt', 'createdAt'],
  ...['modifiedAt', 'type', 'isPerson', 'ownership', 'product', 'quantity', 'unit', 'price', 'purchasedOn'],
  ...['installedOn', 'usageEndsOn', 'warrantyEndsOn', 'isCompetitorProduct', 'priority', 'origin', 'reason'],
  ...['isClosed', 'isEscalated', 'closedAt', 'due', 'channel', 'direction', 'at', 'endedAt', 'duration', 'language'],
  ...['stage', 'amount', 'expectedRevenue', 'probability', 'closeDate', 'forecastCategory', 'isWon', 'taxAmount'],
  ...['orderedAt', 'startDate', 'endDate', 'reminderAt', 'completedAt', 'kind', 'method'],
  ...['stream', 'what', 'count', 'startsAt', 'endsAt'],
]);

/** Parts of an address that place nobody. */
const plainInAddress: ReadonlySet<string> = new Set(['country', 'countryCode']);

/** Parts of participants and of relations, which tell who took part. */
const kindOfPart: Readonly<Record<string, FieldKind>> = {
  name: 'name',
  address: 'email',
  id: 'id',
  role: 'plain',
  entity: 'plain',
  nativeType: 'plain',
};

const byName: ReadonlyMap<string, FieldKind> = new Map([
  ...Object.entries(kinds).flatMap(([kind, fields]) => fields.map((field) => [field, kind as FieldKind] as const)),
  ...[...plain].map((field) => [field, 'plain' as const] as const),
]);

/** What an entity's field tells of a person; undefined for a field that nobody has looked at. */
export function fieldKind(entity: EntityName, field: string): FieldKind | undefined {
  if (field === 'name') return entity === 'lead' || entity === 'contact' ? 'name' : 'company';
  return byName.get(field);
}

/** What a part of a field's value tells, e.g. the city of an address or the name of a participant. */
export function partKind(field: FieldKind, part: string): FieldKind {
  if (field === 'address') return plainInAddress.has(part) ? 'plain' : 'address';
  if (field === 'plain') return 'plain';
  return kindOfPart[part] ?? field;
}
