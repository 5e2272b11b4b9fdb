import type { GetMessage, Message, MessagePropertyHeaders } from 'amqplib';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { orderOf } from '../canonical-schema/order';
import { type EncodedEvent, decodeEvent } from './binding';
import { withParkedMessages } from './parked-queue';
import { orderKey, type ParkedRecords } from './parked-records';
import type { Publisher } from './publisher';
import { eventsExchange, parkingExchange } from './routing';

/** Why an event was parked. */
export interface Cause {
  /** `SBX_<AREA>_<WHAT>` or the code of whoever refused. */
  readonly code: string;
  readonly message: string;
}

/** A parked message, as a person or the console sees it. */
export interface ParkedMessage {
  readonly eventid: string;
  readonly cause: Cause;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Where it goes when it is redriven. */
  readonly routingKey: string;
  readonly partitionkey: string;
  /** The body as it arrived. */
  readonly bytes: Buffer;
  /** Absent when the body is no canonical event. */
  readonly event?: CanonicalEvent;
}

/** Which records to redrive: all that match every given condition; none given means all. */
export interface RedriveFilter {
  readonly partitionkey?: string;
  /** Of events of one CRM. */
  readonly source?: string;
  /** Records whose oldest parked event has this cause. */
  readonly code?: string;
}

/** Says on an event that it was parked before: `redriven`, or `dropped` for one that only clears the way. */
export const parkingHeader = 'sbx-parking';
const causeHeaders = [
  'sbx-cause-code',
  'sbx-cause-message',
  'sbx-parked-at',
  'sbx-routing-key',
  'sbx-partitionkey',
] as const;

/** Parks a message as it is, its cause in headers; resolves when the broker has it safe. Rejects with BrokerUnavailable. */
export async function park(publisher: Publisher, message: Message, cause: Cause): Promise<void> {
  const headers = withoutParking(message.properties.headers);
  const routingKey = originalRoutingKey(message);
  const partitionkey: unknown = headers['cloudEvents_partitionkey'];
  await publisher.publishRaw(parkingExchange, routingKey, {
    content: message.content,
    options: {
      ...propertiesOf(message),
      headers: {
        ...headers,
        'sbx-cause-code': cause.code,
        // A header table holds 64 KiB in all; a stack trace or an answered web page must not make parking fail.
        'sbx-cause-message': cause.message.slice(0, 4000),
        'sbx-parked-at': new Date().toISOString(),
        'sbx-routing-key': routingKey,
        ...(typeof partitionkey === 'string' ? { 'sbx-partitionkey': partitionkey } : {}),
      },
    },
  });
}

/** The parked messages of one tenant. */
export class Parking {
  /** @param url the broker's URL; each operation opens a connection of its own, because it must be alone */
  constructor(
    private readonly url: string,
    private readonly tenant: string,
    private readonly publisher: Publisher,
  ) {}

  /** All parked messages, oldest first. */
  list(): Promise<readonly ParkedMessage[]> {
    return withParkedMessages(this.url, this.tenant, (messages) => Promise.resolve(messages.map(describeParked)));
  }

  /**
   * Sends whole records back to their lanes, each record's events in the CRM's order. An event leaves the parking queue
   * only when the broker confirmed its copy in the lane, so a crash in between doubles it, never loses it.
   * Gives the number of events sent. Rejects with BrokerUnavailable, Unroutable.
   */
  redrive(filter: RedriveFilter = {}): Promise<number> {
    return withParkedMessages(this.url, this.tenant, async (messages, takeOut) => {
      const chosen = chooseRecords(messages, filter);
      for (const { message, parked } of chosen) {
        await this.publisher.publishRaw(
          eventsExchange,
          parked.routingKey,
          marked(message, { [parkingHeader]: 'redriven' }),
        );
        takeOut(message);
      }
      return chosen.length;
    });
  }

  /**
   * Drops one parked event for good and lets the record's later events pass. Gives what was dropped, for the ledger;
   * undefined when there is no such event. Rejects with BrokerUnavailable, Unroutable.
   */
  drop(eventid: string, reason: string): Promise<ParkedMessage | undefined> {
    return withParkedMessages(this.url, this.tenant, async (messages, takeOut) => {
      const message = messages.find((candidate) => describeParked(candidate).eventid === eventid);
      if (message === undefined) return undefined;
      const parked = describeParked(message);
      const notice = marked(message, { [parkingHeader]: 'dropped', 'sbx-drop-reason': reason });
      await this.publisher.publishRaw(eventsExchange, parked.routingKey, notice);
      takeOut(message);
      return parked;
    });
  }

  /**
   * Drops all parked messages about some records, given by their keys, those too that cannot be read and bear one of the marks. Gives how many.
   * Rejects with BrokerUnavailable, Unroutable.
   */
  dropAbout(
    { records, marks }: { readonly records: readonly string[]; readonly marks: readonly string[] },
    reason: string,
  ): Promise<number> {
    return withParkedMessages(this.url, this.tenant, async (messages, takeOut) => {
      const about = messages.filter((message) => {
        const { event, bytes } = describeParked(message);
        return event === undefined ? marks.some((mark) => bytes.includes(mark)) : records.includes(recordKey(event));
      });
      for (const message of about) {
        const notice = marked(message, { [parkingHeader]: 'dropped', 'sbx-drop-reason': reason });
        await this.publisher.publishRaw(eventsExchange, describeParked(message).routingKey, notice);
        takeOut(message);
      }
      return about.length;
    });
  }
}

/** Fills in what is parked now, so that a consumer that takes a queue over knows what to hold back. */
export async function loadParkedRecords(url: string, tenant: string, into: ParkedRecords): Promise<void> {
  await withParkedMessages(url, tenant, (messages) => {
    for (const { event } of messages.map(describeParked)) if (event !== undefined) into.add(event);
    return Promise.resolve();
  });
}

function describeParked(message: GetMessage): ParkedMessage {
  const event = eventIn(message);
  const { messageId } = message.properties as { messageId?: string };
  return {
    eventid: event?.id ?? messageId ?? '',
    ...causeOf(message),
    routingKey: originalRoutingKey(message),
    partitionkey: event?.partitionkey ?? textHeader(message, 'sbx-partitionkey') ?? '',
    bytes: message.content,
    ...(event === undefined ? {} : { event }),
  };
}

/** Why and when a message was parked: as park() noted it, or as the broker did that gave up delivering it. */
function causeOf(message: Message): Pick<ParkedMessage, 'cause' | 'at'> {
  const code = textHeader(message, 'sbx-cause-code');
  if (code !== undefined) {
    const text = textHeader(message, 'sbx-cause-message') ?? '';
    return { cause: { code, message: text }, at: textHeader(message, 'sbx-parked-at') ?? '' };
  }
  const death = message.properties.headers?.['x-death']?.[0];
  const reason = `the broker gave up delivering it (${death?.reason ?? 'no reason told'})`;
  return {
    cause: { code: 'SBX_BROKER_DEAD_LETTER', message: reason },
    at: new Date((death?.time.value ?? 0) * 1000).toISOString(),
  };
}

function textHeader(message: Message, name: string): string | undefined {
  const value: unknown = message.properties.headers?.[name];
  return typeof value === 'string' ? value : undefined;
}

function eventIn(message: Message): CanonicalEvent | undefined {
  try {
    return decodeEvent(message);
  } catch {
    return undefined;
  }
}

function chooseRecords(
  messages: readonly GetMessage[],
  filter: RedriveFilter,
): { message: GetMessage; parked: ParkedMessage }[] {
  const all = messages.map((message) => ({ message, parked: describeParked(message) }));
  const firstCode = new Map<string, string>();
  // By the CRM's order, which the queue's order is not once a record was parked, redriven and parked again.
  all.sort((a, b) => compareText(placeOf(a.parked), placeOf(b.parked)));
  for (const { parked } of all) {
    if (!firstCode.has(orderedWith(parked))) firstCode.set(orderedWith(parked), parked.cause.code);
  }
  return all.filter(({ parked }) => {
    if (filter.partitionkey !== undefined && filter.partitionkey !== parked.partitionkey) return false;
    if (filter.source !== undefined && filter.source !== parked.event?.source) return false;
    return filter.code === undefined || filter.code === firstCode.get(orderedWith(parked));
  });
}

function orderedWith({ event, partitionkey }: ParkedMessage): string {
  return event === undefined ? partitionkey : orderKey(event);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The key the message was first published with, however often it was parked. */
function originalRoutingKey(message: Message): string {
  return textHeader(message, 'sbx-routing-key') ?? message.fields.routingKey;
}

function marked(message: Message, marks: Readonly<Record<string, string>>): EncodedEvent {
  const headers = { ...withoutParking(message.properties.headers), ...marks };
  return { content: message.content, options: { ...propertiesOf(message), headers } };
}

function withoutParking(headers: MessagePropertyHeaders | undefined): Record<string, unknown> {
  const own = new Set<string>([...causeHeaders, parkingHeader, 'sbx-drop-reason', 'x-delivery-count']);
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name]) => !own.has(name) && !/^x-(death|first-death|last-death)/.test(name)),
  );
}

function propertiesOf({ properties }: Message): EncodedEvent['options'] {
  const { contentType, messageId } = properties as { contentType?: string; messageId?: string };
  return {
    persistent: true,
    ...(contentType === undefined ? {} : { contentType }),
    ...(messageId === undefined ? {} : { messageId }),
  };
}

/** What cannot be read goes first: it holds nobody up. */
function placeOf({ event }: ParkedMessage): string {
  return event === undefined ? '' : orderOf(event);
}
