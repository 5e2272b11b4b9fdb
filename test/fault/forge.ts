import type { RunningSalesforce } from '../../simulators/salesforce';

/** A real event's bytes, to be changed and put on the bus as a new event. */
export interface Captured {
  readonly payload: Buffer;
  readonly schemaId: string;
  /** Epoch ms. */
  readonly committed: number;
}

/** The event of a record's creation, with a transaction key of its own: put on the bus, it is another event. */
export function creationOf({ admin }: RunningSalesforce, topic: string, record: string): Captured {
  for (const { decoded, payload, schemaId } of admin.events(topic)) {
    const { ChangeEventHeader: header } = (decoded ?? { ChangeEventHeader: undefined }) as {
      readonly ChangeEventHeader?: {
        readonly recordIds: readonly string[];
        readonly transactionKey: string;
        readonly commitTimestamp: string;
      };
    };
    if (header?.recordIds.includes(record) !== true) continue;
    const { transactionKey: key } = header;
    const bytes = replaced(Buffer.from(payload, 'base64'), Buffer.from(key), Buffer.from(`0001${key.slice(4)}`));
    return { payload: bytes, schemaId, committed: Number(header.commitTimestamp) };
  }
  throw new Error(`no event about ${record} on ${topic}`);
}

/** The first place of some bytes, replaced: Avro says no length of the whole, so it need not stay. */
export function replaced(payload: Buffer, bytes: Buffer, by: Buffer): Buffer {
  const at = payload.indexOf(bytes);
  if (at < 0) throw new Error(`${bytes.toString('hex')} is nowhere in the event`);
  return Buffer.concat([payload.subarray(0, at), by, payload.subarray(at + bytes.length)]);
}

/** A double as Avro writes it. */
export function avroDouble(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** A long as Avro writes it: zigzag, then seven bits a byte, the lowest first. */
export function avroLong(number: number): Buffer {
  const value = BigInt(number);
  const bytes: number[] = [];
  let rest = value < 0n ? -value * 2n - 1n : value * 2n;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
