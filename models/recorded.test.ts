import { readFileSync } from 'node:fs';
import path from 'node:path';
import { featuresFromRow } from './features';
import { featuresRecorded } from './recorded';
import { parseManifest } from './parse-manifest';

const folder = path.join(__dirname, 'lead-scoring');
const manifest = parseManifest(readFileSync(path.join(folder, 'manifest.json'), 'utf8'), folder);

it('gives the same model the values that it saw', () => {
  const lines = readFileSync(path.join(folder, 'parity.jsonl'), 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const { row } = JSON.parse(line) as { row: Record<string, string> };
    const seen = featuresFromRow(manifest, row);
    if (seen.outcome !== 'row') throw new Error(seen.reason);
    const recorded = manifest.features.map((feature, n) => {
      const value = seen.values[n] ?? NaN;
      if (feature.kind !== 'categorical') return [feature.name, Number.isNaN(value) ? '' : String(value)] as const;
      return [feature.name, feature.categories[value - 1] ?? 'never seen'] as const;
    });
    expect(featuresRecorded(manifest, Object.fromEntries(recorded)).values).toEqual(seen.values);
  }
});

it('tells what is not known from what was never seen', () => {
  const [first] = featuresRecorded(manifest, {}).values;
  const [job] = featuresRecorded(manifest, { job: 'astronaut' }).values;
  expect([first, job]).toEqual([0, 13]);
});
