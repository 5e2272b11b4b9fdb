/** A CloudEvent in the JSON format: attributes, extensions, `data` or `data_base64`. */
export type CloudEventJson = Readonly<Record<string, unknown>>;

/** A CloudEvent as it was received. */
export interface CloudEventNative {
  readonly event: CloudEventJson;
  /** When it was received, RFC 3339: its time where it tells none. */
  readonly received?: string;
}

/** The value as an object, or undefined: arrays and null are none. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The value as a text that is not empty, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
