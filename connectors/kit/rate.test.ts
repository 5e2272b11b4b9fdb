import { type RateClock, RateGovernor } from './rate';

/** A clock that moves only when told. Timers fire in order of their time. */
class ManualClock implements RateClock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#now = next.at;
      next.callback();
      await settled();
    }
    this.#now = until;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function open(): { promise: Promise<void>; close: () => void } {
  let close!: () => void;
  const promise = new Promise<void>((resolve) => (close = resolve));
  return { promise, close };
}

describe('RateGovernor', () => {
  it('starts a burst at once and then so many per second', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 10, burst: 3 }, clock);
    const startedAt: number[] = [];
    const runs = Array.from({ length: 6 }, () => governor.run(() => Promise.resolve(startedAt.push(clock.now()))));
    await clock.advance(1000);
    await Promise.all(runs);
    expect(startedAt).toEqual([0, 0, 0, 100, 200, 300]);
  });

  it('tells how long each request waited for its turn', async () => {
    const clock = new ManualClock();
    const turns: [string, number][] = [];
    const watch = { waited: (priority: string, ms: number) => void turns.push([priority, ms]) };
    const governor = new RateGovernor({ requestsPerSecond: 10, burst: 1, watch }, clock);
    const runs = (['read', 'read', 'write'] as const).map((one) => governor.run(() => Promise.resolve(), one));
    await clock.advance(1000);
    await Promise.all(runs);
    expect(turns).toEqual([
      ['read', 0],
      ['write', 100],
      ['read', 200],
    ]);
  });

  it('keeps to the rate over a long time, whatever the fractions', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 7, burst: 1 }, clock);
    let started = 0;
    const runs = Array.from({ length: 500 }, () => governor.run(() => Promise.resolve(started++)));
    await clock.advance(60_000);
    expect(started).toBeGreaterThan(7 * 60 - 7);
    expect(started).toBeLessThanOrEqual(7 * 60 + 1);
    await clock.advance(60_000);
    await Promise.all(runs);
  });

  it('has no more under way than the limit, and goes on when one fails', async () => {
    const governor = new RateGovernor({ requestsPerSecond: 1000, concurrency: 2 }, new ManualClock());
    const gates = [open(), open(), open()];
    let started = 0;
    const runs = gates.map((gate) => governor.run(() => (started++, gate.promise)));
    await settled();
    expect(started).toBe(2);
    const failing = governor.run(() => Promise.reject(new Error('refused')));
    gates[0]!.close();
    await settled();
    expect(started).toBe(3);
    gates[1]!.close();
    await expect(failing).rejects.toThrow('refused');
    gates[2]!.close();
    await Promise.all(runs);
  });

  it('puts writes before reads', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 1 }, clock);
    const order: string[] = [];
    const run = (name: string, priority: 'read' | 'write') =>
      governor.run(() => Promise.resolve(order.push(name)), priority);
    const runs = [run('r1', 'read'), run('r2', 'read'), run('w1', 'write'), run('r3', 'read'), run('w2', 'write')];
    await clock.advance(10_000);
    await Promise.all(runs);
    expect(order).toEqual(['r1', 'w1', 'w2', 'r2', 'r3']);
  });

  it('starts nothing while paused, and the longer pause counts', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 100 }, clock);
    governor.pauseFor(5000);
    governor.pauseFor(10);
    let startedAt = -1;
    const run = governor.run(() => Promise.resolve((startedAt = clock.now())));
    await clock.advance(6000);
    await run;
    expect(startedAt).toBe(5000);
  });

  it('holds what was waiting when a pause begins', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 1 }, clock);
    const startedAt: number[] = [];
    const runs = [1, 2].map(() => governor.run(() => Promise.resolve(startedAt.push(clock.now()))));
    governor.pauseFor(7000);
    await clock.advance(8000);
    await Promise.all(runs);
    expect(startedAt).toEqual([0, 7000]);
  });

  it('drops a waiting request when aborted, and lets the others have its turn', async () => {
    const clock = new ManualClock();
    const governor = new RateGovernor({ requestsPerSecond: 1 }, clock);
    const abort = new AbortController();
    const reason = new Error('stop');
    const requested: string[] = [];
    const request = (name: string) => () => Promise.resolve(requested.push(name));
    const first = governor.run(request('first'));
    const dropped = governor.run(request('dropped'), 'read', abort.signal);
    const next = governor.run(request('next'));
    abort.abort(reason);
    await expect(dropped).rejects.toBe(reason);
    await expect(governor.run(request('late'), 'read', abort.signal)).rejects.toBe(reason);
    await clock.advance(1000);
    await Promise.all([first, next]);
    expect(requested).toEqual(['first', 'next']);
  });

  it('refuses limits that would never start anything', () => {
    expect(() => new RateGovernor({ requestsPerSecond: 0 })).toThrow(RangeError);
    expect(() => new RateGovernor({ requestsPerSecond: NaN })).toThrow(RangeError);
    expect(() => new RateGovernor({ requestsPerSecond: 5, concurrency: 0 })).toThrow(RangeError);
  });

  it('waits in real time by default', async () => {
    const governor = new RateGovernor({ requestsPerSecond: 50, burst: 1 });
    const began = performance.now();
    await Promise.all([1, 2, 3].map(() => governor.run(() => Promise.resolve())));
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
  });
});
