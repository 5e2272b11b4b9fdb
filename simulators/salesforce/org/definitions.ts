/** A field's type, in the words of the REST describe (`address` and `personname` are compounds made of other fields). */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'html'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'encryptedstring'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'time'
  | 'reference'
  | 'address'
  | 'location'
  | 'personname';

/**
 * A stored value. Datetimes are epoch milliseconds (whole seconds, as Salesforce stores them), dates `YYYY-MM-DD`,
 * times `HH:MM:SS.sssZ`, references 18-character ids.
 */
export type Value = string | number | boolean | null;

/** One field of an object, as plain data; only `name` and `type` are needed. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: FieldType;
  readonly label?: string;
  /** Longest text in characters; 255 where absent (32,768 for text areas). */
  readonly length?: number;
  /** A record without it is refused with REQUIRED_FIELD_MISSING. */
  readonly required?: boolean;
  /** Two live records with the same value (case-insensitive) are refused with DUPLICATE_VALUE. */
  readonly unique?: boolean;
  /** May be used for upsert; indexed. */
  readonly externalId?: boolean;
  /** Objects a reference may point to. */
  readonly referenceTo?: readonly string[];
  /** Picklist values; refused outside of them only where `restricted`. */
  readonly values?: readonly string[];
  readonly restricted?: boolean;
  /** Set by the org, never by a caller. */
  readonly readOnly?: boolean;
  /** Value of a new record that does not give one. */
  readonly default?: Value;
  /** The compound field this one is a part of. */
  readonly compound?: string;
  /** This field's name inside the compound of a change event, e.g. `City` for `MailingCity`. */
  readonly part?: string;
  /** False for fields that change events leave out (Id, IsDeleted, SystemModstamp, derived fields). */
  readonly inEvents?: boolean;
  /** The `doc` of the event schema where it does not follow from the type. */
  readonly eventDoc?: string;
}

/** An object of the org, as plain data. Custom objects (`…__c`) get the system fields by themselves. */
export interface ObjectDefinition {
  readonly name: string;
  readonly keyPrefix: string;
  readonly label?: string;
  /** Custom fields go last; the order is the order of the change event's schema. */
  readonly fields: readonly FieldDefinition[];
  /** False where Change Data Capture is not switched on for it. */
  readonly changeEvents?: boolean;
}

/** A platform event `…__e`: its own fields; CreatedDate and CreatedById are added. */
export interface PlatformEventDefinition {
  readonly name: string;
  readonly fields: readonly FieldDefinition[];
}

/** The parts of the compound fields, in the order of the captured Avro schemas. */
export const compoundParts = {
  address: [
    'Street',
    'City',
    'State',
    'PostalCode',
    'Country',
    'StateCode',
    'CountryCode',
    'Latitude',
    'Longitude',
    'GeocodeAccuracy',
  ],
  location: ['Latitude', 'Longitude'],
  personname: ['Salutation', 'FirstName', 'LastName'],
} as const;

/** Whether a field has no value of its own but is made of others. */
export const isCompound = (field: FieldDefinition): field is FieldDefinition & { type: keyof typeof compoundParts } =>
  field.type in compoundParts;
