import type { Fields } from './json';

/** What the sender said besides: kept with the native, because `normalise` knows neither configuration nor clock. */
interface Heard {
  /** Users (names or ids) that Signalbox writes as, so that its own writes are recognised. */
  readonly own?: readonly string[];
  /** RFC 3339: when the receiver took it in. Absent for what was read from a file. */
  readonly receivedAt?: string;
}

/** A CloudEvent of any version, its attributes under their names of 1.0. */
export interface EventNative extends Heard {
  readonly kind: 'event';
  /** Absent where the sender gave none: then its content is its identity. */
  readonly id?: string;
  readonly type: string;
  readonly source?: string;
  readonly time?: string;
  readonly subject?: string;
  readonly data: unknown;
  /** Records are known by their ObjectID, as in Cloud for Customer's OData, though the event says UUIDs. */
  readonly objectIds?: boolean;
}

/** Segments by name; each is a list, because any of them may come several times. Field values are texts. */
export type Segment = Fields;

/** One IDoc of an IDoc XML document. */
export interface IdocNative extends Heard {
  readonly kind: 'idoc';
  /** The basic type, the name of the document's root: `DEBMAS01`. */
  readonly idocType: string;
  /** Fields of EDI_DC40; many senders leave it out. */
  readonly control?: Fields;
  readonly segments: Segment;
}

/** A row of an OData service. */
export interface RowNative extends Heard {
  readonly kind: 'row';
  /** `BusinessPartner`, `Task`; see objects.ts. */
  readonly nativeType: string;
  readonly fields: Fields;
  /** The row is told because it is gone. */
  readonly deleted?: boolean;
}

/** One of several natives that could not be read: `normalise` refuses it, the others go on. */
export interface UnreadableNative {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly message: string;
}

/** What the connector hears and reads. Plain JSON. */
export type SapNative = EventNative | IdocNative | RowNative | UnreadableNative;
