import { type Fields, firstText, objectOf, objectsOf, textOf } from '../json';
import type { RowNative } from '../native';
import { refuse } from '../../kit/canonical-event';
import { plainFields, valueAt } from './paths';
import { keyOf, tableOf } from './tables';
import { momentOf, originOf, type Told } from './told';
import { dayOf, instantOf } from './values';

/** What may say when a row was changed last, best first. */
const changeTimes = [
  'adminData.updatedOn',
  'EntityLastChangedOn',
  'LastChangeDateTime',
  'LastChangedDateTime',
  'ETag',
  'UpdatedOn',
  'adminData.createdOn',
  'CreationDateTime',
  'CreatedOn',
];

/** What may say who changed it. */
const changers = ['LastChangedByUser', 'LastChangedBy', 'ChangedBySSI', 'ChangedBy', 'LastUpdatedBy', 'CreatedByUser'];

/** A row of an OData service: its state is known, the change that led there is not. */
export function toldByRow(native: RowNative): Told {
  const nativeType = textOf(native.nativeType);
  if (nativeType === undefined) throw refuse('SBX_SAP_ROW_TYPE', 'a row whose collection is not told');
  const table = tableOf(nativeType);
  const fields = withInstants(withAddress(plainFields(objectOf(native.fields) ?? {})));
  const id = keyOf(table, fields);
  if (id === undefined) {
    throw refuse('SBX_SAP_ROW_KEY', `a row of ${nativeType} without its key (${table.keys.join(' or ')})`);
  }
  const times = [...timesOf(fields), native.receivedAt];
  if (native.deleted === true && times.every((time) => instantOf(time) === undefined)) {
    throw refuse(
      'SBX_SAP_TIME',
      `${nativeType} ${id} is gone, and not said since when: capture the HTTP message with its Date`,
    );
  }
  const moment = momentOf(times);
  const by = firstText(fields, changers) ?? firstText(objectOf(fields.adminData), ['updatedBy']);
  const isGone = native.deleted === true;
  return {
    table,
    id,
    kind: isGone ? 'deleted' : 'observed',
    gap: false,
    identity: ['row', isGone ? 'deleted' : 'observed', moment.time, moment.sequence],
    ...moment,
    origin: originOf(by, native.own),
    ...(by === undefined ? {} : { by }),
    changed: [],
    nulled: [],
    fields,
    provenance: 'event',
  };
}

/**
 * S/4HANA keeps how a business partner is reached in rows of its addresses. The first address stands for all; of their e-mail
 * addresses and numbers the one that is marked as the default, or the first.
 */
function withAddress(fields: Fields): Fields {
  const addresses = rowsOf(fields.to_BusinessPartnerAddress);
  const [first] = addresses;
  if (first === undefined) return fields;
  const chosen = (navigation: string, mark: string): Fields | undefined => {
    const rows = addresses.flatMap((address) => rowsOf(address[navigation]));
    return rows.find((row) => row[mark] === true) ?? rows[0];
  };
  const { StreetName, HouseNumber, PostalCode, CityName, Region, Country } = first;
  const phone = chosen('to_PhoneNumber', 'IsDefaultPhoneNumber');
  const street = [StreetName, HouseNumber].flatMap((part) => textOf(part) ?? []).join(' ');
  const found = {
    ...{ StreetName: street, PostalCode, CityName, Region, Country },
    EmailAddress: chosen('to_EmailAddress', 'IsDefaultEmailAddress')?.EmailAddress,
    PhoneNumber: firstText(phone, ['InternationalPhoneNumber', 'PhoneNumber']),
  };
  return { ...Object.fromEntries(Object.entries(found).filter(([, value]) => textOf(value) !== undefined)), ...fields };
}

/** Rows that were read along, as OData V2 tells them in both its forms. */
function rowsOf(value: unknown): readonly Fields[] {
  return objectsOf(objectOf(value)?.results ?? value);
}

/** Where a day and a time of day are told, the instant that they are. */
function withInstants(fields: Fields): Fields {
  const instants = ['LastChange', 'Creation'].map((name) => [`${name}DateTime`, dayAndTime(fields, name)] as const);
  return { ...Object.fromEntries(instants.filter(([, instant]) => instant !== undefined)), ...fields };
}

function timesOf(fields: Fields): readonly unknown[] {
  return [
    ...changeTimes.map((path) => valueAt(fields, path)),
    dayOf(fields.LastChangeDate)?.concat('T00:00:00Z'),
    dayOf(fields.CreationDate)?.concat('T00:00:00Z'),
  ];
}

/** The instant of S/4HANA's pairs of a day and a time of day: `/Date(…)/` and `PT13H05M09S`, of which parts that are none may be absent. */
export function dayAndTime(fields: Fields, prefix: string): string | undefined {
  const day = dayOf(fields[`${prefix}Date`]);
  const time = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?$/.exec(textOf(fields[`${prefix}Time`]) ?? '');
  if (day === undefined || time === null) return undefined;
  return `${day}T${[1, 2, 3].map((part) => (time[part] ?? '').padStart(2, '0')).join(':')}.000Z`;
}
