import type { Ledger, ShadowScore, Unshadowed } from '../ledger/ledger';
import { calendarOf, type DaysAndHours } from '../models/calendar';
import { featuresFromRecord } from '../models/features';
import { readBy } from '../models/score';
import type { Scorer } from '../models/scored';

/** Rows scored at once: few, because lanes of the same process wait meanwhile. */
const pageSize = 64;

/** What one look for a challenger's work came to. */
export interface ShadowPage {
  readonly scored: number;
  /** RFC 3339 UTC, when the last of the decisions was recorded; absent when there was none. */
  readonly until?: string;
}

/** Whose decisions a challenger is shown. */
interface ShadowQuestion {
  readonly tenant: string;
  readonly usecase: string;
  /** RFC 3339. */
  readonly since: string;
  /** The tenant's as it is now; absent: UTC. */
  readonly calendar?: DaysAndHours | undefined;
}

/**
 * Lets a challenger score decisions that the ledger holds, on the records as the champion saw them. Records the scores and
 * does nothing else; doing it twice is doing it once.
 * @param since decisions that were recorded before are not looked at, RFC 3339
 */
export async function shadowDecisions(
  { shadow }: Ledger,
  scorer: Scorer,
  { tenant, usecase, since, calendar }: ShadowQuestion,
): Promise<ShadowPage> {
  const { digest } = scorer;
  const pending = await shadow.pending(tenant, usecase, { digest, since, limit: pageSize });
  const said = await scoresOf(scorer, pending, calendar);
  const scores = pending.map(({ decisionid, source, subject }, n): ShadowScore => ({
    decisionid,
    digest,
    usecase,
    source,
    subject,
    ...said[n],
  }));
  await shadow.record(tenant, scores);
  const until = pending.at(-1)?.recordedat;
  return { scored: pending.length, ...(until === undefined ? {} : { until }) };
}

type Said = Pick<ShadowScore, 'score' | 'because'>;

async function scoresOf(
  scorer: Scorer,
  pending: readonly Unshadowed[],
  told: DaysAndHours | undefined,
): Promise<readonly Said[]> {
  const calendar = calendarOf(told);
  const rows = pending.map(({ record }) =>
    record === undefined ? undefined : readBy(scorer, featuresFromRecord(scorer.manifest, record, calendar)),
  );
  try {
    const scored = (await scorer.score(rows.filter((row) => row?.outcome === 'row'))).values();
    return rows.map((row): Said => {
      if (row === undefined) return { because: 'the record has changed since the decision' };
      if (row.outcome !== 'row') return { because: row.reason };
      const { score } = scored.next().value ?? {};
      return score === undefined ? { because: 'the model gave no score' } : { score };
    });
  } catch (error) {
    // A challenger that fails is a finding about it, and must not be asked again and again.
    const because = error instanceof Error ? error.message : String(error);
    return rows.map(() => ({ because }));
  }
}
