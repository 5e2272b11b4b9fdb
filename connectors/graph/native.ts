/** A value as JSON has it. */
export type Fields = Readonly<Record<string, unknown>>;

/** A change notification: key-only, or with the resource that came encrypted in it. */
export interface NotificationNative {
  readonly kind: 'notification';
  /** As Graph posted it; `encryptedContent` left out where it was decrypted. */
  readonly notification: Fields;
  /** The decrypted resource. */
  readonly resource?: Fields;
  /** The subscribed resource, as the connection calls it: `users/<id>/messages`. Unknown in a file. */
  readonly stream?: string;
  /** When it arrived, RFC 3339: Graph does not say when a change happened. Unknown in a file. */
  readonly receivedAt?: string;
}

/** A resource that was read. */
export interface ResourceNative {
  readonly kind: 'resource';
  readonly nativeType: NativeType;
  /** Where it is read: `users/<id>/messages/<id>`. */
  readonly path: string;
  readonly resource: Fields;
  /** The resource is gone: a delta query tells its id and no more. */
  readonly isDeleted?: boolean;
  /** When it was read, RFC 3339. */
  readonly readAt?: string;
}

/** One of several natives of a file that could not be read: `normalise` refuses it, the others go on. */
export interface UnreadableNative {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly message: string;
}

/** What the connector hears and reads. Plain JSON. */
export type GraphNative = NotificationNative | ResourceNative | UnreadableNative;

/** Graph's names of the resources that are told. */
export type NativeType = 'message' | 'event' | 'todoTask' | 'plannerTask';

/** The `applicationName` of the linked resource in every task that Signalbox makes. */
export const applicationName = 'Signalbox';

/**
 * The extended property that an own write leaves in a message or an event: the digest of what was written. Graph tells of no
 * application who changed something, so an own write is known by this.
 */
export const writeMark = 'String {5f2c1f0e-8f0c-4d0e-9b5a-6a1f5b0c7d21} Name SignalboxWrite';
