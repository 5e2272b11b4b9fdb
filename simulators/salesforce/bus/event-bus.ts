import { randomUUID } from 'node:crypto';
import type { PlatformEventDefinition } from '../org/definitions';
import type { ObjectType } from '../org/object-type';
import type { Change, Transaction } from '../org/transaction';
import { SchemaRegistry } from './avro-types';
import { ChangeEncoder, type ChangeHeader } from './change-encoder';
import { EventLog, type StoredEvent, type TopicLog } from './event-log';
import { platformEventSchema } from './event-schema';

/** Largest event the bus carries; a larger change becomes a gap event. */
export const MAX_EVENT_BYTES = 1_048_576;

/** The id that a GAP_OVERFLOW carries instead of record ids. */
const NO_RECORD = '000000000000000AAA';

/** How the bus behaves. */
export interface BusBehaviour {
  /** Same change to several records of one transaction becomes one event with several record ids. */
  readonly mergeChanges: boolean;
  /** How often to store the next event; 2 while duplicates are asked for. */
  readonly copies: () => number;
  /** Called after events were stored, with the topics that got any. */
  readonly onAppend: (topics: readonly TopicLog[]) => void;
}

/** What a gap event says about the records it names. */
export interface Gap {
  readonly type: ObjectType;
  readonly changeType: string;
  readonly recordIds: readonly string[];
  readonly commitUser: string;
}

/** Turns committed transactions into change events and keeps them for the subscribers. */
export class EventBus {
  readonly schemas = new SchemaRegistry();
  readonly log = new EventLog();
  readonly #channel: TopicLog;
  readonly #encoders = new Map<string, ChangeEncoder>();
  #commitNumber = 1_720_911_231_762_341_890n;

  constructor(private readonly behaviour: BusBehaviour) {
    this.#channel = this.log.define('/data/ChangeEvents', undefined);
  }

  /** Switches change events on for an object, or gives its topic a new schema. */
  defineObject(type: ObjectType): void {
    if (!type.hasChangeEvents) return;
    const encoder = new ChangeEncoder(type, this.schemas);
    this.#encoders.set(type.name, encoder);
    this.log.define(`/data/${type.changeEventName}`, encoder.schema);
  }

  /** Adds a platform event topic. */
  definePlatformEvent(definition: PlatformEventDefinition): void {
    this.log.define(`/event/${definition.name}`, this.schemas.add(platformEventSchema(definition), true));
  }

  /** Emits the change events of a transaction, in the order of its writes. */
  commit(transaction: Transaction): void {
    const changes = this.behaviour.mergeChanges
      ? merged(transaction.changes)
      : transaction.changes.map((change) => [change]);
    this.#commitNumber += 1n;
    const touched = new Set<TopicLog>();
    let sequenceNumber = 0;
    for (const group of changes) {
      const [first] = group;
      const encoder = first === undefined ? undefined : this.#encoders.get(first.type.name);
      if (first === undefined || encoder === undefined) continue;
      sequenceNumber += 1;
      const header = this.#header(
        first.type,
        first.changeType,
        group.map((change) => change.recordId),
        {
          changeOrigin: transaction.author.origin,
          transactionKey: transaction.key,
          sequenceNumber,
          commitTimestamp: BigInt(transaction.now),
          commitUser: transaction.author.userId,
        },
      );
      this.#append(this.#topicsOf(encoder), encoder.schema.id, this.#encode(encoder, header, first), touched);
    }
    if (touched.size > 0) this.behaviour.onAppend([...touched]);
  }

  /** Emits a GAP_… event; GAP_OVERFLOW carries the dummy id instead of the given ones. */
  emitGap(gap: Gap): StoredEvent | undefined {
    const encoder = this.#encoders.get(gap.type.name);
    if (encoder === undefined) return undefined;
    this.#commitNumber += 1n;
    const ids = gap.changeType === 'GAP_OVERFLOW' ? [NO_RECORD] : gap.recordIds;
    const header = this.#header(gap.type, gap.changeType, ids, {
      // Gap events come from the database, not from an API client.
      changeOrigin: '',
      transactionKey: randomUUID(),
      sequenceNumber: 1,
      commitTimestamp: BigInt(Math.floor(Date.now() / 1000) * 1000),
      commitUser: gap.commitUser,
    });
    return this.emitRaw(this.#topicsOf(encoder), encoder.schema.id, encoder.encodeBare(header));
  }

  /** Stores any bytes as an event. */
  emitRaw(
    topics: readonly TopicLog[],
    schemaId: string,
    payload: Buffer,
    id: string = randomUUID(),
  ): StoredEvent | undefined {
    const touched = new Set<TopicLog>();
    const stored = this.#append(topics, schemaId, payload, touched, id);
    this.behaviour.onAppend([...touched]);
    return stored;
  }

  /** The topics that an object's change events go to. */
  topicsOf(object: string): readonly TopicLog[] {
    const encoder = this.#encoders.get(object);
    return encoder === undefined ? [] : this.#topicsOf(encoder);
  }

  #topicsOf(encoder: ChangeEncoder): readonly TopicLog[] {
    const own = this.log.topic(`/data/${encoder.type.changeEventName}`);
    return own === undefined ? [this.#channel] : [own, this.#channel];
  }

  #header(
    type: ObjectType,
    changeType: string,
    recordIds: readonly string[],
    rest: Omit<ChangeHeader, 'entityName' | 'changeType' | 'recordIds' | 'commitNumber'>,
  ): ChangeHeader {
    return { entityName: type.name, recordIds, changeType, commitNumber: this.#commitNumber, ...rest };
  }

  #encode(encoder: ChangeEncoder, header: ChangeHeader, change: Change): Buffer {
    const payload = encodeChange(encoder, header, change);
    if (payload.length <= MAX_EVENT_BYTES) return payload;
    return encoder.encodeBare({ ...header, changeType: `GAP_${header.changeType}`, changeOrigin: '' });
  }

  #append(
    topics: readonly TopicLog[],
    schemaId: string,
    payload: Buffer,
    touched: Set<TopicLog>,
    id: string = randomUUID(),
  ): StoredEvent | undefined {
    let stored: StoredEvent | undefined;
    for (let copy = this.behaviour.copies(); copy > 0; copy -= 1) {
      stored = this.log.append(topics, { id, schemaId, payload });
    }
    for (const topic of topics) touched.add(topic);
    return stored;
  }
}

const encodeChange = (encoder: ChangeEncoder, header: ChangeHeader, change: Change): Buffer => {
  switch (change.changeType) {
    case 'CREATE':
    case 'UNDELETE':
      return encoder.encodeWhole(header, change.after);
    case 'UPDATE':
      return encoder.encodeUpdate(header, change.before, change.after);
    case 'DELETE':
      return encoder.encodeBare(header);
  }
};

const sameKey = (change: Change): string => {
  const differing = Object.entries(change.after)
    .filter(([name, value]) => name !== 'Id' && change.before[name] !== value)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .sort();
  return [change.type.name, change.changeType, ...differing].join('\u0000');
};

/** Groups the changes that are the same, in the order of their first. */
const merged = (changes: readonly Change[]): readonly (readonly Change[])[] => {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = sameKey(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return [...groups.values()];
};
