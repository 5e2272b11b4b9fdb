import { featuresFromRow } from '../features';
import type { TabularManifest } from '../manifest';
import type { Session } from '../session';
import { answersOf, distance, explained } from './answers';
import { error, type Finding } from './finding';
import { fixtureFindings, nearest } from './fixture';

/** A line of parity.jsonl: a row under the data set's column names, and what the trained model made of it. */
interface Parity {
  readonly row: Readonly<Record<string, string>>;
  readonly score: number;
}

/** Holds the exported model, features included, to what the trained one says of the rows in parity.jsonl. */
export function parityFindings(
  session: Session,
  manifest: TabularManifest,
  folder: string,
): Promise<readonly Finding[]> {
  const form = '{"row": {column: text}, "score": number}';
  return fixtureFindings(folder, form, parityIn, (fixture) => compared(session, manifest, fixture));
}

async function compared(session: Session, manifest: TabularManifest, fixture: readonly Parity[]): Promise<Finding> {
  const probes: { readonly what: string; readonly values: readonly number[]; readonly score: number }[] = [];
  for (const [n, { row, score }] of fixture.entries()) {
    const features = featuresFromRow(manifest, row);
    if (features.outcome !== 'row') {
      const what = `line ${n + 1} of parity.jsonl has no score: ${features.reason}`;
      const why = 'training scored a row that would get no score here';
      return error('parity', what, why, "correct the feature's policies in the manifest, or leave such rows out");
    }
    probes.push({ what: `line ${n + 1}`, values: features.values, score });
  }
  const values = Float32Array.from(probes.flatMap((probe) => probe.values));
  const answers = answersOf(manifest, probes, await session.run(values, probes.length));
  // The score of several classes is that of the best.
  return nearest(
    answers.map(({ contributions }, n) =>
      distance([Math.max(...explained(manifest, contributions))], [probes[n]?.score ?? NaN]),
    ),
  );
}

function parityIn(value: Partial<Parity>): Parity | undefined {
  const { row, score } = value;
  return typeof score === 'number' && typeof row === 'object' ? { row, score } : undefined;
}
