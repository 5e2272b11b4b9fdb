import { setTimeout as pause } from 'node:timers/promises';
import { shadowDecisions } from '../activities/shadow';
import type { Scorer } from '../models/score';
import type { Service } from './dispatch';
import type { Runtime } from './runtime';

type Needs = Pick<Runtime, 'ledger' | 'tenants' | 'scorers' | 'log' | 'now'>;

/** Between two looks for decisions, ms. */
const everyMs = 2_000;
/** A decision becomes visible at the end of its transaction, and bears the time of its beginning: this far it is looked back, ms. */
const overlapMs = 10_000;

/** One challenger of a use case of a tenant. */
interface Watch {
  readonly tenant: string;
  readonly usecase: string;
  readonly scorer: Scorer;
}

/**
 * Lets challengers score what was decided, from the ledger and after the fact: no lane waits for them. A challenger begins with
 * what is decided from its first start on, and after a stop goes on where it was.
 */
export function startShadow(runtime: Needs): Service {
  const stopping = new AbortController();
  const since = new Map<string, string>();
  const startedAt = runtime.now();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      for (const watch of watches(runtime)) await look(runtime, watch, since, startedAt, stopping.signal);
      await pause(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
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

function watches({ tenants, scorers }: Needs): readonly Watch[] {
  return [...tenants.values()].flatMap(({ tenant, useCases }) =>
    Object.values(useCases).flatMap(({ name, challengers }) =>
      challengers.flatMap((challenger) => {
        const scorer = scorers.get(challenger);
        return scorer === undefined ? [] : [{ tenant, usecase: name, scorer }];
      }),
    ),
  );
}

/** Scores all that is there for one challenger. A ledger that is away is asked again at the next look. */
async function look(
  { ledger, log }: Needs,
  watch: Watch,
  since: Map<string, string>,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const { tenant, usecase, scorer } = watch;
  const key = `${tenant} ${usecase} ${scorer.digest}`;
  try {
    for (;;) {
      const from = since.get(key) ?? before(await ledger.shadow.newest(tenant, usecase, scorer.digest), startedAt);
      const { until, scored } = await shadowDecisions(ledger, scorer, { tenant, usecase, since: from });
      since.set(key, until === undefined ? from : laterOf(from, before(until, startedAt)));
      if (scored === 0 || signal.aborted) return;
    }
  } catch (error) {
    log.warn({ tenant, usecase, model: scorer.digest, err: String(error) }, 'a challenger could not be asked');
  }
}

function before(at: string | undefined, startedAt: number): string {
  return new Date((at === undefined ? startedAt : Date.parse(at)) - overlapMs).toISOString();
}

function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}
