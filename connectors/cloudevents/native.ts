/** A CloudEvent in the JSON format: attributes, extensions, `data` or `data_base64`. */
export type CloudEventJson = Readonly<Record<string, unknown>>;

/** A CloudEvent as it was received. */
export interface CloudEventNative {
  readonly event: CloudEventJson;
  /** When it was received, RFC 3339: its time where it tells none. */
  readonly received?: string;
  /** One of several of a file that is none: `normalise` refuses it, the others go on. */
  readonly unreadable?: { readonly code: string; readonly message: string };
}
