import { shadowDecisions } from '../activities/shadow';
import { lookingEvery } from './looking';
import type { Runtime } from './runtime';
import type { Service } from './service';
import type { Scorer } from '../models/scored';

type Needs = Pick<Runtime, 'ledger' | 'tenants' | 'scorers' | 'openLearned' | 'log' | 'now'>;

/** Between two looks for decisions, ms. */
const everyMs = 2_000;
/** A decision becomes visible at the end of its transaction, and bears the time of its beginning: this far it is looked back, ms. */
const overlapMs = 10_000;

/** One challenger of a use case of a tenant. */
interface Watch {
  readonly tenant: string;
  readonly usecase: string;
  readonly scorer: Scorer;
  /** Decisions that were recorded before are not for it: it was trained on them. RFC 3339 UTC. */
  readonly from?: string;
}

/**
 * Lets challengers score what was decided, from the ledger and after the fact: no lane waits for them. A challenger begins with
 * what is decided from its first start on, and after a stop goes on where it was.
 */
export function startShadow(runtime: Needs): Service {
  const since = new Map<string, string>();
  const startedAt = runtime.now();
  return lookingEvery(everyMs, async (signal) => {
    for (const watch of await watches(runtime)) await look(runtime, watch, since, startedAt, signal);
  });
}

/** The challengers that tenants' files name, and those that were learnt. */
async function watches(runtime: Needs): Promise<readonly Watch[]> {
  const { tenants, scorers, log } = runtime;
  const found: Watch[] = [];
  for (const { tenant, useCases } of tenants.values()) {
    for (const { name: usecase, challengers } of Object.values(useCases)) {
      for (const challenger of challengers) {
        const scorer = scorers.get(challenger);
        if (scorer !== undefined) found.push({ tenant, usecase, scorer });
      }
    }
    try {
      found.push(...(await learnedWatches(runtime, tenant)));
    } catch (error) {
      log.warn({ tenant, err: String(error) }, 'learned challengers could not be looked for');
    }
  }
  return found;
}

async function learnedWatches({ ledger, scorers, openLearned }: Needs, tenant: string): Promise<readonly Watch[]> {
  await openLearned(tenant);
  return (await ledger.trainings.learned(tenant)).flatMap(({ status, usecase, digest, at }) => {
    const scorer = scorers.get(digest);
    const isInShadow = status === 'shadow' || status === 'asked';
    return scorer === undefined || !isInShadow ? [] : [{ tenant, usecase, scorer, from: at }];
  });
}

/** Scores all that is there for one challenger. A ledger that is away is asked again at the next look. */
async function look(
  { ledger, tenants, log }: Needs,
  watch: Watch,
  since: Map<string, string>,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  const { tenant, usecase, scorer } = watch;
  const key = `${tenant} ${usecase} ${scorer.digest}`;
  try {
    for (;;) {
      const newest = await ledger.shadow.newest(tenant, usecase, scorer.digest);
      const from = since.get(key) ?? laterOf(watch.from ?? '', before(newest, startedAt));
      const { until, scored } = await shadowDecisions(ledger, scorer, {
        ...{ tenant, usecase, since: from, calendar: tenants.get(tenant)?.calendar },
      });
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
