import type { Decision } from '../canonical-schema/decision';
import type { Ledger } from '../ledger/ledger';
import { calibrationLimit, calibrationOf, type Calibration } from '../models/monitor/calibration';
import { driftOf, referenceOf, type Drift, type DriftReference } from '../models/monitor/drift';

/** With fewer rows than this, chance alone moves the figures past their limits. */
export const fewestRows = 200;

/** What is looked at. */
export interface DriftQuestion {
  readonly tenant: string;
  readonly usecase: string;
  /** The model's first decisions, frozen as reference, and the newest, compared with it. */
  readonly window: number;
  /** Outcomes that say yes, and that say no, to what the score is the probability of. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

interface Window {
  readonly rows: number;
  /** RFC 3339 UTC, of the last decision. */
  readonly until: string;
}

/** What could be told; what could not is absent. */
export interface DriftReport {
  readonly model: NonNullable<Decision['model']>;
  readonly reference?: Window & { readonly frozenat: string };
  readonly recent?: Window;
  readonly drift?: readonly Drift[];
  readonly labelled: number;
  readonly calibration?: Calibration;
}

interface Frozen {
  readonly until: string;
  readonly bins: DriftReference;
}

/** How far a use case's model has moved since it was new; undefined where no decision has a score. */
export async function driftReport(ledger: Ledger, question: DriftQuestion): Promise<DriftReport | undefined> {
  const { tenant, usecase, window, yes, no } = question;
  const { learning } = ledger;
  const model = await learning.newestModel(tenant, usecase);
  if (model === undefined) return undefined;
  const frozen = await frozenOf(ledger, question, model.digest);
  const newest = await learning.scored(tenant, usecase, model.digest, { which: 'newest', limit: window });
  const recent = newest.filter(({ decidedat }) => frozen !== undefined && decidedat > frozen.until);
  const asked = { digest: model.digest, labels: [...yes, ...no], limit: window };
  const labelled = await learning.labelled(tenant, usecase, asked);
  const known = labelled.map(({ score, label }) => ({ score, happened: yes.includes(label) }));
  return {
    model,
    ...(frozen === undefined
      ? {}
      : { reference: { rows: frozen.bins.rows, until: frozen.until, frozenat: frozen.frozenat } }),
    ...(frozen === undefined || recent.length < fewestRows
      ? {}
      : {
          recent: { rows: recent.length, until: recent.at(-1)?.decidedat ?? '' },
          drift: driftOf(frozen.bins, recent),
        }),
    labelled: known.length,
    ...(known.length < fewestRows ? {} : { calibration: calibrationOf(known) }),
  };
}

/** What of a report calls for a look, in words: distributions that moved, scores that do not come true. */
export function alarmsOf({ drift = [], calibration }: DriftReport): readonly string[] {
  const moved = drift.filter(({ level }) => level === 'alarm').map(({ what, psi }) => `${what}: PSI ${psi.toFixed(3)}`);
  if (calibration === undefined || calibration.ece <= calibrationLimit(calibration)) return moved;
  return [...moved, `calibration: ECE ${calibration.ece.toFixed(3)} over ${calibration.rows} outcomes`];
}

/** The reference of a model, frozen now where it was not and enough is known. */
async function frozenOf(
  { learning }: Ledger,
  { tenant, usecase, window }: DriftQuestion,
  digest: string,
): Promise<(Frozen & { readonly frozenat: string }) | undefined> {
  const kept = async () => {
    const found = await learning.reference(tenant, usecase, digest);
    return found === undefined ? undefined : { ...(found.reference as Frozen), frozenat: found.frozenat };
  };
  const before = await kept();
  if (before !== undefined) return before;
  const oldest = await learning.scored(tenant, usecase, digest, { which: 'oldest', limit: window });
  const last = oldest.at(-1);
  if (last === undefined || oldest.length < window) return undefined;
  const frozen: Frozen = { until: last.decidedat, bins: referenceOf(oldest) };
  await learning.freezeReference(tenant, usecase, digest, frozen);
  return kept();
}
