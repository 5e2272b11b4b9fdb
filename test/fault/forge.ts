import type { RunningSalesforce } from '../../simulators/salesforce';

/** A real event's bytes, and what is to be said about them when they are put on the bus again. */
export interface Captured {
  readonly payload: Buffer;
  readonly schemaId: string;
}

/** The bytes of the newest event about a record, with a transaction key of their own: put on the bus, they are a new event. */
export function newestEventOf({ admin }: RunningSalesforce, topic: string, record: string): Captured {
  const found = admin.events(topic).findLast(({ decoded }) => JSON.stringify(decoded).includes(record));
  if (found === undefined) throw new Error(`no event about ${record} on ${topic}`);
  const { ChangeEventHeader: header } = found.decoded as {
    readonly ChangeEventHeader: { readonly transactionKey: string };
  };
  const key = Buffer.from(header.transactionKey);
  const other = Buffer.from(`0001${header.transactionKey.slice(4)}`);
  return { payload: replaced(Buffer.from(found.payload, 'base64'), key, other), schemaId: found.schemaId };
}

/** The only place of some bytes, replaced: Avro says no length of the whole, so it need not stay. */
export function replaced(payload: Buffer, bytes: Buffer, by: Buffer): Buffer {
  const at = payload.indexOf(bytes);
  if (at < 0 || payload.includes(bytes, at + 1)) {
    throw new Error(`${bytes.toString('hex')} is ${at < 0 ? 'nowhere' : 'more than once'} in the event`);
  }
  return Buffer.concat([payload.subarray(0, at), by, payload.subarray(at + bytes.length)]);
}

/** A double as Avro writes it. */
export function avroDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A long as Avro writes it: zigzag, then seven bits a byte, the lowest first. */
export function avroLong(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
