import type { ConsumeMessage } from 'amqplib';
import { leadEvent } from '../test/real-broker';
import { Backlog, type BatchLimits, type Entry } from './backlog';
import { encodeEvent } from './binding';

const limits: BatchLimits = { maxEvents: 5, maxBytes: 100_000, lingerMs: 5000, echoLingerMs: 5000 };

function message(order: number, bytes = 0): ConsumeMessage {
  const { content, options } = encodeEvent(leadEvent('acme', '1', order, 'x'.repeat(bytes)));
  return {
    content,
    properties: { headers: {}, ...options },
    fields: { deliveryTag: order },
  } as unknown as ConsumeMessage;
}

function ids(entries: readonly Entry[]): (string | undefined)[] {
  return entries.map(({ event }) => event?.id);
}

describe('Backlog', () => {
  it('gives a lone event at once, without lingering', async () => {
    const backlog = new Backlog(limits, new AbortController().signal);
    const batch = backlog.take();
    const start = performance.now();
    backlog.add(message(1));
    expect(ids(await batch)).toEqual(['1-1']);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('gives what came in one piece as one batch', async () => {
    const backlog = new Backlog(limits, new AbortController().signal);
    const batch = backlog.take();
    for (const order of [1, 2, 3]) backlog.add(message(order));
    expect(ids(await batch)).toEqual(['1-1', '1-2', '1-3']);
  });

  it('cuts at the number of events, in order', async () => {
    const backlog = new Backlog(limits, new AbortController().signal);
    for (let order = 1; order <= 12; order++) backlog.add(message(order));
    expect(ids(await backlog.take())).toEqual(['1-1', '1-2', '1-3', '1-4', '1-5']);
    expect(ids(await backlog.take())).toEqual(['1-6', '1-7', '1-8', '1-9', '1-10']);
  });

  it('cuts at the number of bytes, and lets one message that is larger than that pass alone', async () => {
    const backlog = new Backlog(limits, new AbortController().signal);
    for (const [order, bytes] of [
      [1, 60_000],
      [2, 60_000],
      [3, 300_000],
      [4, 0],
    ] as const)
      backlog.add(message(order, bytes));
    expect(ids(await backlog.take())).toEqual(['1-1']);
    expect(ids(await backlog.take())).toEqual(['1-2']);
    expect(ids(await backlog.take())).toEqual(['1-3']);
  });

  it('lingers for company when something already waits, and no longer than it is told', async () => {
    const backlog = new Backlog({ ...limits, lingerMs: 60 }, new AbortController().signal);
    backlog.add(message(1));
    const start = performance.now();
    const batch = backlog.take();
    backlog.add(message(2));
    expect(ids(await batch)).toEqual(['1-1', '1-2']);
    expect(performance.now() - start).toBeGreaterThan(50);
  });

  it('stops lingering as soon as the batch is full', async () => {
    const backlog = new Backlog(limits, new AbortController().signal);
    backlog.add(message(1));
    const start = performance.now();
    const batch = backlog.take();
    for (const order of [2, 3, 4, 5]) backlog.add(message(order));
    expect(await batch).toHaveLength(5);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('ends a wait with an empty batch when the consumer ends', async () => {
    const end = new AbortController();
    const batch = new Backlog(limits, end.signal).take();
    end.abort();
    expect(await batch).toEqual([]);
  });
});
