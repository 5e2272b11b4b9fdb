import { explainer } from './explain';
import { featuresFromRow } from './features';
import { tabular } from './held-out';
import type { TabularManifest } from './manifest';
import { loadModels } from './registry';
import type { FeatureRow } from './feature-row';

let manifest: TabularManifest;
beforeAll(async () => {
  manifest = tabular((await loadModels(__dirname)).get('lead-scoring')!.manifest);
});

const ROW = {
  campaign: '1',
  contact: 'cellular',
  month: 'may',
  poutcome: 'success',
  euribor3m: '0.74',
  job: 'student',
};

/** Reasons for the row when the named terms contribute as given and all others nothing. */
function reasons(contributions: Record<string, number>, row: Record<string, string> = ROW) {
  const features = featuresFromRow({ ...manifest, maxDefaults: 17 }, row) as FeatureRow;
  return explainer(manifest)(
    features,
    manifest.terms.map((term) => contributions[term.name] ?? 0),
  );
}

describe('explainer', () => {
  it('puts the strongest first, whichever way it points, with its value and words', () => {
    expect(reasons({ contact: 0.2, poutcome: 1.21, euribor3m: -0.4 })).toStrictEqual([
      { term: 'poutcome', contribution: 1.21, direction: 'up', value: 'success', text: 'Previous campaign succeeded' },
      {
        term: 'euribor3m',
        contribution: -0.4,
        direction: 'down',
        value: '0.74',
        text: 'Euribor 3-month rate at 0.74 %',
      },
      { term: 'contact', contribution: 0.2, direction: 'up', value: 'cellular', text: 'Contacted by mobile phone' },
    ]);
  });

  it('words a pair as one reason', () => {
    const pair = manifest.terms.find((term) => term.features.join() === 'month,dayOfWeek')!;
    const [reason] = reasons({ [pair.name]: 0.5 }, { ...ROW, day_of_week: 'mon' });
    expect(reason).toMatchObject({ value: 'may, mon', text: 'Contacted in May and contacted on a Monday' });
  });

  it('gives no more than five, and none that hardly moves the score', () => {
    const all = Object.fromEntries(manifest.terms.map((term, n) => [term.name, n + 1]));
    expect(reasons(all).map((r) => r.contribution)).toStrictEqual(
      [0, 1, 2, 3, 4].map((n) => manifest.terms.length - n),
    );
    expect(reasons({ contact: 0.019, month: -0.019 })).toStrictEqual([]);
  });

  it('keeps the order of the manifest between equals, so that a replay reads the same', () => {
    expect(reasons({ month: -0.3, contact: 0.3 }).map((r) => r.term)).toStrictEqual(['contact', 'month']);
  });

  it('says so when the value was not known', () => {
    const [reason] = reasons({ month: 0.3 }, { ...ROW, month: 'jan' });
    expect(reason).toMatchObject({ value: 'not known', text: 'Month of contact is not known to the model' });
  });

  it('has words for every category of the models with small dictionaries', async () => {
    const models = await loadModels(__dirname);
    const wordless = ['lead-scoring', 'churn', 'predictive-maintenance'].flatMap((name) =>
      models
        .get(name)!
        .manifest.features.flatMap((f) =>
          f.kind === 'categorical'
            ? f.categories.filter((c) => f.phrases?.[c] === undefined).map((c) => `${name} ${f.name} ${c}`)
            : [],
        ),
    );
    expect(wordless).toStrictEqual([]);
  });
});
