/** The `client` of every call's Sforce-Call-Options: comes back in `changeOrigin`, so that own writes are recognised. */
export const callClient = 'Signalbox';

/** A value as JSON has it: 64-bit integers beyond 2^53 and non-finite doubles are texts. */
export type Fields = Readonly<Record<string, unknown>>;

/** Date-like fields of one event schema: they are epoch milliseconds on the wire (times of day: of the day). */
export type DateType = 'DateTime' | 'DateOnly' | 'TimeOnly';

/** ChangeEventHeader, its bitmaps left out. */
export interface ChangeHeader {
  readonly entityName: string;
  readonly recordIds: readonly string[];
  readonly changeType: string;
  readonly changeOrigin: string;
  readonly transactionKey: string;
  readonly sequenceNumber: number;
  /** Epoch ms. */
  readonly commitTimestamp: number;
  /** 64 bits, decimal. */
  readonly commitNumber: string;
  readonly commitUser: string;
}

/** An event of the Pub/Sub API, its Avro datum decoded with its own schema. */
export interface PubSubNative {
  readonly kind: 'pubsub';
  /** Absent when read from a file. */
  readonly topic?: string;
  readonly eventId: string;
  readonly schemaId: string;
  /** `LeadChangeEvent`, `Payment__e`. */
  readonly schemaName: string;
  /** Base64; absent when read from a file that does not carry it. */
  readonly replayId?: string;
  readonly header?: ChangeHeader;
  /** Body fields that are not null. */
  readonly fields: Fields;
  /** Field names, `BillingAddress.Street` for a part of a compound one; empty where the bitmap is. */
  readonly changedFields: readonly string[];
  readonly nulledFields: readonly string[];
  readonly diffFields: readonly string[];
  readonly dateTypes: Readonly<Record<string, DateType>>;
}

/** An event as JSON: a message of the Streaming API, or a Pub/Sub event that somebody decoded before. */
export interface JsonNative {
  readonly kind: 'json';
  /** `/event/Payment__e`; a change event names its object itself. */
  readonly channel?: string;
  /** EventUuid or ProducerEvent.id. */
  readonly eventId?: string;
  /** ISO time of the envelope (generic streaming). */
  readonly createdDate?: string;
  /** An object, or the text of a generic streaming event. */
  readonly payload: unknown;
}

/** A record as the REST API gives it. */
export interface RecordNative {
  readonly kind: 'record';
  readonly nativeType: string;
  /** `attributes` left out. */
  readonly fields: Fields;
}

/** One notification of an outbound message, or one message of a PushTopic: some fields of a record, which is to be read. */
export interface OutboundNative {
  readonly kind: 'outbound';
  /** Empty where it is not told. */
  readonly organizationId: string;
  /** The same in every repetition of the message; empty where there is none. */
  readonly notificationId: string;
  /** `Lead`; empty where it is not told. */
  readonly nativeType: string;
  /** Those that are not empty. Dates and whole numbers are texts. */
  readonly fields: Fields;
  /** What happened, which a PushTopic alone tells. */
  readonly change?: 'created' | 'updated' | 'deleted' | 'undeleted';
  /** When it came or was sent, RFC 3339. Unknown in a file. */
  readonly receivedAt?: string;
}

/** One of several natives of a file that could not be read: `normalise` refuses it, the others go on. */
export interface UnreadableNative {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly message: string;
}

/** What the connector hears and reads. Plain JSON. */
export type SalesforceNative = PubSubNative | JsonNative | RecordNative | OutboundNative | UnreadableNative;
