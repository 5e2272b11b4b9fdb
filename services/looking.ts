import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from './service';

/** Looks again and again, with a pause of `everyMs` in between, until it is stopped: what is under way then is awaited. */
export function lookingEvery(everyMs: number, look: (signal: AbortSignal) => Promise<void>): Service {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look(signal);
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
