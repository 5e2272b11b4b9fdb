import { objectOf } from '../kit/json';
import type { Fields, Headers } from './native';
import { Parts, targetsOf } from './normalise/parts';
import { unwrappedBody } from './serialised-string';

/** The context, only to find out where it belongs; undefined where the body is none. */
export function contextIn(body: Uint8Array): Fields | undefined {
  try {
    return objectOf(JSON.parse(Buffer.from(unwrappedBody(body) ?? body).toString('utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The stream of a context: its table, or for messages that are about two tables the first one that is heard. What is no context,
 * or names no table, goes to the first stream; undefined for a table that is not heard.
 */
export function streamOf(
  context: Fields | undefined,
  headers: Headers,
  streams: readonly string[],
): string | undefined {
  if (context === undefined) {
    const named = headers['x-ms-dynamics-entity-name'];
    return named === undefined || named === 'none' ? streams[0] : streams.find((stream) => stream === named);
  }
  const tables = targetsOf(new Parts(context, headers));
  return tables.length === 0 ? streams[0] : tables.find((table) => streams.includes(table));
}
