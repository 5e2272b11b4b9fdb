import { status } from '@grpc/grpc-js';
import { Permanent, Unmappable } from '../contract';
import { type EventSchema, parseEventSchema } from './event-schema';

/**
 * Event schemas by id. An id is a hash of its schema, so an entry never grows old, and no other schema may stand in:
 * a wrong one often decodes without an error, its fields shifted.
 */
export class SchemaCache {
  readonly #fetch: (id: string, signal: AbortSignal) => Promise<string>;
  readonly #schemas = new Map<string, Promise<EventSchema>>();
  readonly #closing = new AbortController();

  /** @param fetch the .avsc text by id */
  constructor(fetch: (id: string, signal: AbortSignal) => Promise<string>) {
    this.#fetch = fetch;
  }

  /**
   * Fetched once, however many ask; asked again after a failure. Not bound to one caller's signal, because others share it.
   * Rejects with Unmappable for an id that the org does not know or a schema that cannot be read, Retryable when it could
   * not be asked, Permanent when the user may not.
   */
  get(id: string): Promise<EventSchema> {
    let schema = this.#schemas.get(id);
    if (schema === undefined) {
      schema = this.#load(id);
      this.#schemas.set(id, schema);
    }
    return schema;
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
  }

  async #load(id: string): Promise<EventSchema> {
    try {
      return parseEventSchema(id, await this.#fetch(id, this.#closing.signal));
    } catch (error) {
      this.#schemas.delete(id);
      if (!isUnknown(error)) throw error;
      const message = `schema ${id} is not known to the org: ${error.message}`;
      throw new Unmappable('SBX_SALESFORCE_SCHEMA_UNKNOWN', message, { cause: error });
    }
  }
}

function isUnknown(error: unknown): error is Permanent {
  if (!(error instanceof Permanent)) return false;
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return code === status.NOT_FOUND || code === status.INVALID_ARGUMENT;
}
