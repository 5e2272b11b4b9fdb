import type { Replayed, ReplayResult } from '../services/replay/replay';
import type { TallyCounts, Moved } from '../services/replay/tally';

/** Decisions by what became of them. */
export type ReplayCounts = Partial<Record<ReplayResult, number>>;

/** What each result says, and what to do where it is a finding. */
const results: Readonly<Record<ReplayResult, { readonly says: string; readonly fix?: string }>> = {
  same: { says: 'come out the same, bit for bit' },
  differs: {
    says: 'come out otherwise',
    fix: 'the ledger, the model or the program was changed since: `signalbox audit verify` tells about the ledger; replay with the program version that decided',
  },
  'policy-gone': {
    says: 'have the same score; their policy is in no version of the tenant that is known',
    fix: "put the model back that gave the use case its bands, or the program's version that decided; for what was decided before versions were kept, name the folder of its file with --tenants",
  },
  'model-gone': {
    says: 'cannot be scored: their model is not here',
    fix: "put the model's folder back: under models/ or .signalbox/models, under challengers of the tenant's file, or name its parent with --models",
  },
  abstained: { says: 'had no score in the first place' },
  erased: { says: 'were erased: their evidence is gone, lawfully' },
  'text-gone': { says: 'were about a text that is not kept any more' },
  'features-missing': { says: 'did not record what this model asks for' },
  unscorable: { says: 'have no score by this model' },
};

/** What is to be done about results that are findings, one for each. */
export const resultFixes = (counts: ReplayCounts): readonly string[] =>
  Object.entries(results).flatMap(([result, { fix }]) =>
    fix === undefined || (counts[result as ReplayResult] ?? 0) === 0 ? [] : [`${result}: ${fix}`],
  );

/** A decision as a row or a line of JSON tells it. */
export const tellResult = ({ decision, result, because, differences, score, band, outcome }: Replayed) => ({
  decision: decision.id,
  subject: decision.subject,
  usecase: decision.usecase,
  decidedat: decision.decidedat,
  model: decision.model?.digest,
  policy: decision.policy,
  result,
  because: because ?? differences.map(({ what }) => what).join(', '),
  score: decision.score,
  scoreAgain: score,
  band: decision.band,
  bandAgain: band,
  outcome: decision.outcome,
  outcomeAgain: outcome,
});

/** A decision, and where it came out otherwise. */
export const replayedText = ({ decision, result, because, differences }: Replayed): string => {
  const { name, version, digest } = decision.model ?? { name: 'no model', version: '', digest: '' };
  return [
    `${result.padEnd(11)} ${decision.id}  ${decision.subject}  ${decision.decidedat}  ${name} ${version} ${digest}`.trimEnd(),
    ...(because === undefined ? [] : [`    ${because}`]),
    ...differences.map(
      ({ what, recorded, again }) => `    ${what}: recorded ${String(recorded)}, now ${String(again)}`,
    ),
    '',
  ].join('\n');
};

/** How many came out how, and what to do. */
export const summaryText = (tenant: string, counts: ReplayCounts, untold: number): string => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const lines = Object.entries(results).flatMap(([result, { says }]) => {
    const count = counts[result as ReplayResult] ?? 0;
    return count === 0 ? [] : [`  ${String(count).padStart(7)}  ${says}`];
  });
  const more = untold === 0 ? [] : [`  ${untold} more are not told one by one: --csv FILE has each`];
  const fixes = resultFixes(counts).map((fix) => `  fix for ${fix}`);
  return [`${tenant}: ${total} decisions made again`, ...lines, ...more, ...fixes, ''].join('\n');
};

const share = (value: number | undefined): string => (value === undefined ? 'not known' : value.toFixed(3));

const movedText = ({ subject, scoreBefore, scoreAfter, bandBefore = '-', bandAfter = '-', decision }: Moved): string =>
  `  ${subject}  ${scoreBefore.toFixed(4)} -> ${scoreAfter.toFixed(4)}  ${bandBefore} -> ${bandAfter}  ${decision}`;

const row = (name: string, before: number, after: number): string => {
  const more = after - before;
  const change = more === 0 ? '' : `  (${more > 0 ? '+' : ''}${more})`;
  return `  ${name.padEnd(14)} ${String(before).padStart(8)} ${String(after).padStart(8)}${change}`;
};

/** The table of one use case. */
export const whatIfText = (usecase: string, counts: TallyCounts): string => {
  const { decisions, leftOut, before, after, otherBand, largest } = counts;
  const bands = [...new Set([...Object.keys(before.bands), ...Object.keys(after.bands)])].sort();
  const left = Object.entries(leftOut).map(([why, count]) => `${count} ${why}`);
  const { known } = after.agreement;
  const held =
    known === 0
      ? '  no outcome of these decisions is known'
      : `  of ${known} with a known outcome: precision ${share(before.agreement.precision)} -> ${share(after.agreement.precision)}, ` +
        `recall ${share(before.agreement.recall)} -> ${share(after.agreement.recall)}`;
  return [
    `${usecase}: ${decisions} decisions compared${left.length === 0 ? '' : `; left out: ${left.join(', ')}`}`,
    `  ${'decisions'.padEnd(14)} ${'before'.padStart(8)} ${'after'.padStart(8)}`,
    ...bands.map((band) => row(band, before.bands[band] ?? 0, after.bands[band] ?? 0)),
    row('engagements', before.engagements, after.engagements),
    row('tasks', before.tasks, after.tasks),
    `  ${otherBand} in another band`,
    held,
    ...(largest.length === 0 ? [] : ['  largest changes:', ...largest.map((one) => `  ${movedText(one)}`)]),
    '',
  ].join('\n');
};
