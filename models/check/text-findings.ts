import { featuresFromRow } from '../features';
import type { FeatureRow } from '../feature-row';
import type { Model } from '../registry';
import type { Scored, Scorer } from '../scored';
import type { TextManifest } from '../text/text-manifest';
import { distance } from './answers';
import { error, ok, type Finding } from './finding';
import { fixtureFindings, nearest } from './fixture';

/** What a text model is given. */
const TEXTS = [
  'How do I top up my card?',
  'I was charged twice for the same purchase',
  'Thanks, that was quick!',
] as const;

type Best = readonly (readonly [label: string, score: number])[];

/** A line of parity.jsonl: a text under the data set's column name, and the likeliest classes by words alone. */
interface TextParity {
  readonly row: Readonly<Record<string, string>>;
  readonly words: Best;
}

/** Of a text model, by words alone: that it says the same twice, and what training said. The encoder is held to Python's by the tests. */
export async function textFindings(scorer: Scorer, { manifest }: Model, folder: string): Promise<readonly Finding[]> {
  if (manifest.task !== 'text') return [];
  const form = '{"row": {column: text}, "words": [[class, number], …]}';
  return [
    ok('file', `${manifest.file} is the manifest's`),
    await determinism(scorer),
    ...(await fixtureFindings(folder, form, parityIn, (fixture) => compared(scorer, manifest, fixture))),
  ];
}

async function determinism(scorer: Scorer): Promise<Finding> {
  const rows = TEXTS.map((text) => ({ outcome: 'row', values: [], defaults: [], text }) as const);
  const [first, again] = [await scorer.score(rows), await scorer.score([...rows].reverse())];
  const isSame = first.every(({ score }, n) => Object.is(score, again.at(-1 - n)?.score));
  const why = 'a decision does not follow from its inputs';
  const fix = 'take what is random out of the model, and anything that depends on the other texts of a batch';
  return isSame
    ? ok('determinism', `${TEXTS.length} texts in another order give the same bits, by words alone`)
    : error('determinism', 'texts in another order give other scores', why, fix);
}

async function compared(scorer: Scorer, manifest: TextManifest, fixture: readonly TextParity[]): Promise<Finding> {
  const rows: FeatureRow[] = [];
  for (const [n, { row }] of fixture.entries()) {
    const features = featuresFromRow(manifest, row);
    if (features.outcome !== 'row') {
      const what = `line ${n + 1} of parity.jsonl has no score: ${features.reason}`;
      const why = 'training scored a text that would get no score here';
      return error('parity', what, why, "correct the feature's policies in the manifest, or leave such texts out");
    }
    rows.push(features);
  }
  const scored = await scorer.score(rows);
  return nearest(scored.map((one, n) => apart(one, fixture[n]?.words ?? [])));
}

/** The greatest distance of the likeliest classes from those of training; another best class is as far as can be. */
function apart({ ranking }: Scored, told: Best): number {
  const best = ranking?.best ?? [];
  if (best.length !== told.length || best[0]?.label !== told[0]?.[0]) return Infinity;
  return distance(
    best.map(({ score }) => score),
    told.map(([, score]) => score),
  );
}

function parityIn({ row, words }: Partial<TextParity>): TextParity | undefined {
  return typeof row === 'object' && Array.isArray(words) ? { row, words } : undefined;
}
