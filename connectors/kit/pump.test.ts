import type { CanonicalEvent } from '../../canonical-schema/event';
import { type Delivery, Permanent, type Position, Retryable, Unmappable } from '../contract';
import { FailureStreak } from './failure-streak';
import { type PumpOptions, type QuarantineEntry, runPump } from './pump';

const at = (n: number): Position => ({ v: 1, n });
const event = (id: string): CanonicalEvent => ({ id }) as CanonicalEvent;
const told = (n: number): Delivery<number> => ({ kind: 'event', native: n, position: at(n) });
const numbers = (count: number): Delivery<number>[] => Array.from({ length: count }, (_, n) => told(n));

/** Waits until something holds; the time limit of the test is the deadline. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** A source of the given deliveries; then quiet until aborted, or ended or failed as told. */
function sourceOf(deliveries: readonly Delivery<number>[], then: 'quiet' | 'end' | Error = 'end') {
  const seen = { pulled: 0, acked: [] as Position[], isReleased: false };
  return {
    seen,
    async *subscribe(_stream: string, { signal }: { signal: AbortSignal }) {
      try {
        for (const delivery of deliveries) {
          seen.pulled++;
          yield delivery;
        }
        if (then instanceof Error) throw then;
        if (then === 'quiet' && !signal.aborted) {
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
        }
      } finally {
        seen.isReleased = true;
      }
    },
    ack(_stream: string, position: Position) {
      seen.acked.push(position);
      return Promise.resolve();
    },
  };
}

function set(options: Partial<PumpOptions<number>> & { source: PumpOptions<number>['source'] }) {
  const published: string[] = [];
  const saved: Position[] = [];
  const quarantined: QuarantineEntry<number>[] = [];
  const full: PumpOptions<number> = {
    stream: '/data/LeadChangeEvent',
    start: { from: 'latest' },
    maxInFlight: 10,
    checkpointEveryMs: 0,
    normalise: (n) => Promise.resolve([event(String(n))]),
    publish: ({ id }) => Promise.resolve(void published.push(id)),
    quarantine: (entry) => Promise.resolve(void quarantined.push(entry)),
    savePosition: (position) => Promise.resolve(void saved.push(position)),
    signal: new AbortController().signal,
    ...options,
  };
  return { published, saved, quarantined, run: () => runPump(full) };
}

/** A broker whose confirms come when the test says so. */
function broker() {
  const waiting = new Map<string, { confirm: () => void; refuse: (error: Error) => void }>();
  const publish = ({ id }: CanonicalEvent): Promise<void> =>
    new Promise((resolve, reject) => waiting.set(id, { confirm: resolve, refuse: reject }));
  return { waiting, publish };
}

describe('runPump', () => {
  it('publishes everything in order, saves the last position and acknowledges it', async () => {
    const source = sourceOf(numbers(500));
    const pump = set({ source });
    await expect(pump.run()).resolves.toEqual({
      deliveries: 500,
      events: 500,
      quarantined: 0,
      inFlight: 0,
      position: at(499),
    });
    expect(pump.published).toEqual(Array.from({ length: 500 }, (_, n) => String(n)));
    expect(pump.saved.at(-1)).toEqual(at(499));
    expect(source.seen.acked).toEqual(pump.saved);
  });

  it('publishes the events of one delivery in order and settles it with the last of them', async () => {
    const { waiting, publish } = broker();
    const pump = set({
      source: sourceOf([told(1)]),
      publish,
      normalise: () => Promise.resolve([event('a'), event('b')]),
    });
    const run = pump.run();
    await until(() => waiting.size === 2);
    expect([...waiting.keys()]).toEqual(['a', 'b']);
    waiting.get('b')!.confirm();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pump.saved).toEqual([]);
    waiting.get('a')!.confirm();
    await run;
    expect(pump.saved).toEqual([at(1)]);
  });

  it('does not pull beyond what may be in flight', async () => {
    const { waiting, publish } = broker();
    const source = sourceOf(numbers(20));
    const run = set({ source, publish, maxInFlight: 4 }).run();
    for (let confirmed = 0; confirmed < 20; confirmed++) {
      await until(() => waiting.size === Math.min(20, confirmed + 4));
      await new Promise((resolve) => setImmediate(resolve));
      expect(source.seen.pulled).toBe(Math.min(20, confirmed + 4));
      waiting.get(String(confirmed))!.confirm();
    }
    await run;
  });

  it('saves only the contiguous prefix while confirms come in any order', async () => {
    const { waiting, publish } = broker();
    const pump = set({ source: sourceOf(numbers(4)), publish });
    const run = pump.run();
    await until(() => waiting.size === 4);
    for (const id of ['3', '2', '0']) waiting.get(id)!.confirm();
    await until(() => pump.saved.length > 0);
    expect(pump.saved).toEqual([at(0)]);
    waiting.get('1')!.confirm();
    await run;
    expect(pump.saved.at(-1)).toEqual(at(3));
  });

  it('stops at the first refused publish, keeping what was confirmed before it', async () => {
    const { waiting, publish } = broker();
    const source = sourceOf(numbers(4), 'quiet');
    const pump = set({ source, publish });
    const run = pump.run();
    await until(() => waiting.size === 4);
    const refusal = new Error('the broker refused');
    waiting.get('2')!.refuse(refusal);
    await new Promise((resolve) => setImmediate(resolve));
    for (const id of ['0', '1', '3']) waiting.get(id)!.confirm();
    await expect(run).rejects.toBe(refusal);
    expect(pump.saved.at(-1)).toEqual(at(1));
    expect(source.seen).toMatchObject({ isReleased: true, acked: pump.saved });
  });

  it('quarantines what cannot be decoded or mapped and goes on', async () => {
    const bytes = new Uint8Array([1, 2]);
    const broken: Delivery<number> = { kind: 'undecodable', bytes, code: 'SBX_AVRO', message: 'cut', position: at(1) };
    const pump = set({
      source: sourceOf([told(0), broken, told(2), told(3)]),
      normalise: (n) =>
        n === 2 ? Promise.reject(new Unmappable('SBX_MAP', 'no such entity')) : Promise.resolve([event(String(n))]),
    });
    await expect(pump.run()).resolves.toMatchObject({ deliveries: 4, events: 2, quarantined: 2 });
    expect(pump.published).toEqual(['0', '3']);
    expect(pump.quarantined).toEqual([
      { stream: '/data/LeadChangeEvent', position: at(1), code: 'SBX_AVRO', message: 'cut', bytes },
      { stream: '/data/LeadChangeEvent', position: at(2), code: 'SBX_MAP', message: 'no such entity', native: 2 },
    ]);
    expect(pump.saved.at(-1)).toEqual(at(3));
  });

  it('does not pass what quarantine could not store', async () => {
    const lost = new Error('the ledger is away');
    const pump = set({
      source: sourceOf(numbers(3)),
      normalise: (n) => (n === 1 ? Promise.reject(new Unmappable('x', 'x')) : Promise.resolve([event(String(n))])),
      quarantine: () => Promise.reject(lost),
    });
    await expect(pump.run()).rejects.toBe(lost);
    expect(pump.saved).toEqual([at(0)]);
  });

  it('settles a delivery that gives no event', async () => {
    const pump = set({ source: sourceOf(numbers(3)), normalise: () => Promise.resolve([]) });
    await expect(pump.run()).resolves.toMatchObject({ deliveries: 3, events: 0, position: at(2) });
  });

  it('saves a keepalive only when everything before it is settled', async () => {
    const { waiting, publish } = broker();
    const pump = set({ source: sourceOf([told(0), { kind: 'keepalive', position: at(9) }], 'quiet'), publish });
    const run = pump.run();
    await until(() => waiting.size === 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pump.saved).toEqual([]);
    const refusal = new Error('refused');
    waiting.get('0')!.refuse(refusal);
    await expect(run).rejects.toBe(refusal);
    expect(pump.saved).toEqual([]);
  });

  it('saves a keepalive on a quiet stream', async () => {
    const abort = new AbortController();
    const source = sourceOf([{ kind: 'keepalive', position: at(9) }], 'quiet');
    const pump = set({ source, signal: abort.signal });
    const run = pump.run();
    await until(() => pump.saved.length === 1);
    abort.abort();
    await expect(run).resolves.toMatchObject({ deliveries: 0, position: at(9) });
  });

  it('ends on abort with what is under way confirmed and saved', async () => {
    const abort = new AbortController();
    const { waiting, publish } = broker();
    const pump = set({
      source: sourceOf(numbers(3), 'quiet'),
      publish,
      signal: abort.signal,
      checkpointEveryMs: 60_000,
    });
    const run = pump.run();
    await until(() => waiting.size === 3);
    abort.abort();
    for (const { confirm } of waiting.values()) confirm();
    await run;
    expect(pump.saved.at(-1)).toEqual(at(2));
  });

  it('ends on abort though the broker never confirms, without saving what it did not', async () => {
    const abort = new AbortController();
    const { waiting, publish } = broker();
    const pump = set({ source: sourceOf(numbers(20)), publish, maxInFlight: 2, drainMs: 1, signal: abort.signal });
    const run = pump.run();
    await until(() => waiting.size === 2);
    waiting.get('1')!.confirm();
    abort.abort();
    await expect(run).resolves.toMatchObject({ inFlight: 1 });
    expect(pump.saved).toEqual([]);
  });

  it('takes nothing when it was aborted before', async () => {
    const pump = set({ source: sourceOf(numbers(3)), signal: AbortSignal.abort() });
    await pump.run();
    expect(pump.saved).toEqual([]);
  });

  it('passes on what the source throws after saving what was confirmed', async () => {
    const broken = new Retryable('SBX_STREAM', 'the stream broke');
    const pump = set({ source: sourceOf(numbers(3), broken), checkpointEveryMs: 60_000 });
    await expect(pump.run()).rejects.toBe(broken);
    expect(pump.saved.at(-1)).toEqual(at(2));
  });

  it('stops when a position cannot be saved, and acknowledges nothing beyond', async () => {
    const away = new Error('the ledger is away');
    const source = sourceOf(numbers(3), 'quiet');
    const pump = set({ source, savePosition: () => Promise.reject(away) });
    await expect(pump.run()).rejects.toBe(away);
    expect(source.seen.acked).toEqual([]);
  });

  it('saves at most once per interval, and at the end', async () => {
    const pump = set({ source: sourceOf(numbers(1000)), checkpointEveryMs: 60_000 });
    await pump.run();
    expect(pump.saved.length).toBeLessThanOrEqual(2);
    expect(pump.saved.at(-1)).toEqual(at(999));
  });

  it('saves by itself after the interval on a stream that goes quiet', async () => {
    const abort = new AbortController();
    const pump = set({ source: sourceOf(numbers(100), 'quiet'), checkpointEveryMs: 20, signal: abort.signal });
    const run = pump.run();
    await until(() => pump.saved.some(({ n }) => n === 99));
    abort.abort();
    await run;
  });

  it('calls a defect of normalise permanent after five attempts at one position', async () => {
    const defect = new TypeError('undefined is not a function');
    const streak = new FailureStreak();
    const attempt = () =>
      set({ source: sourceOf(numbers(3)), normalise: () => Promise.reject(defect), streak })
        .run()
        .catch((error: unknown) => error);
    const errors = [];
    for (let n = 1; n <= 5; n++) errors.push(await attempt());
    expect(errors.slice(0, 4)).toEqual([defect, defect, defect, defect]);
    expect(errors[4]).toBeInstanceOf(Permanent);
    expect((errors[4] as Permanent).message).toContain('undefined is not a function');
  });

  it('takes failures at different positions for different ones', () => {
    const streak = new FailureStreak(2);
    const error = new Error('x');
    expect([1, 2, 1, 2].map((n) => streak.count('s', at(n), error))).toEqual([error, error, error, error]);
    expect(streak.count('other stream', at(2), error)).toBe(error);
    expect(streak.count('other stream', at(2), error)).toBeInstanceOf(Permanent);
  });
});
