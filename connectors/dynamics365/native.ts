/** The `tag` of every own call: comes back in the SharedVariables of each step that the call triggers. */
export const callTag = 'Signalbox';

/** Name of the images that `signalbox connect` registers: they hold all columns, so the record is told whole. */
export const imageName = 'SignalboxImage';

/** A value as JSON has it: 64-bit integers beyond 2^53 and long decimals are texts. */
export type Fields = Readonly<Record<string, unknown>>;

/** What of a webhook's headers counts, by lower-case name: `x-ms-dynamics-*`, `x-ms-correlation-request-id`, `content-type`. */
export type Headers = Readonly<Record<string, string>>;

/** A RemoteExecutionContext, as a webhook or the Service Bus brings it. */
export interface ContextNative {
  readonly kind: 'context';
  readonly headers: Headers;
  /** The context as it came, parsed. */
  readonly body: Fields;
  /** The user that Signalbox writes as, where it is known: own writes are told by it too. */
  readonly ownUser?: string;
}

/** A row of the Web API. */
export interface RowNative {
  readonly kind: 'row';
  /** Logical name of the table. */
  readonly nativeType: string;
  /** As the Web API writes it, annotations included. */
  readonly row: Fields;
  /** The row is gone: change tracking tells its id and no more. */
  readonly isDeleted?: boolean;
  /** What Power Automate says happened to the row: `Create`, `Update`, `Delete`. */
  readonly message?: string;
  /** When it was read, RFC 3339: the time of what tells none itself. */
  readonly readAt?: string;
}

/** One of several natives of a file that could not be read: `normalise` refuses it, the others go on. */
export interface UnreadableNative {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly message: string;
}

/** What the connector hears and reads. Plain JSON. */
export type Dynamics365Native = ContextNative | RowNative | UnreadableNative;
