import type { InboundReply, InboundRequest } from '../contract';
import { MemoryInbox } from '../../test/contract/memory-inbox';
import { cloudevents } from '.';
import type { CloudEventsConfig } from './config';
import type { CloudEventJson } from './native';

/** A connection under test, with what it has kept. */
export interface Receiving {
  readonly inbox: MemoryInbox;
  receive(request: Partial<InboundRequest>): Promise<InboundReply>;
  /** The events in the inbox, oldest first. */
  kept(): Promise<readonly CloudEventJson[]>;
}

/** Opens a connection over an inbox of its own. */
export async function receiving(
  config: CloudEventsConfig,
  now: () => number = Date.now,
  inbox = new MemoryInbox(),
): Promise<Receiving> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { receiver } = await cloudevents.connect(config, { log, now, inbox });
  return {
    inbox,
    receive: (request) => {
      const whole = { method: 'POST', path: '', query: new URLSearchParams(), headers: {}, body: new Uint8Array() };
      return receiver?.receive({ ...whole, ...request }) ?? Promise.reject(new Error('no receiver'));
    },
    kept: async () => {
      const end = new AbortController();
      const newest = await inbox.newest('events');
      const events: CloudEventJson[] = [];
      if (newest === 0) return events;
      for await (const { number, payload } of inbox.read('events', 0, end.signal)) {
        events.push((JSON.parse(Buffer.from(payload).toString()) as { event: CloudEventJson }).event);
        if (number === newest) end.abort();
      }
      return events;
    },
  };
}
