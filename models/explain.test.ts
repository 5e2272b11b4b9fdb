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

const isEconomy = (name: string): boolean => manifest.features.find((f) => f.name === name)?.group === 'economy';

/** What the terms with a feature of the economy add, in the manifest's order. */
const economy = (contributions: Record<string, number>): number =>
  manifest.terms
    .filter((term) => term.features.some(isEconomy))
    .reduce((sum, { name }) => sum + (contributions[name] ?? 0), 0);

describe('explainer', () => {
  it('puts the strongest first, whichever way it points, with its value and words', () => {
    expect(reasons({ contact: 0.2, poutcome: 1.21, month: -0.4 })).toStrictEqual([
      { term: 'poutcome', contribution: 1.21, direction: 'up', value: 'success', text: 'Previous campaign succeeded' },
      {
        term: 'month',
        contribution: -0.4,
        direction: 'down',
        value: 'may',
        text: 'Contacted in May',
      },
      { term: 'contact', contribution: 0.2, direction: 'up', value: 'cellular', text: 'Contacted by mobile phone' },
    ]);
  });

  it('words a pair as one reason', () => {
    const pair = manifest.terms.find((term) => term.features.join() === 'month,dayOfWeek')!;
    const [reason] = reasons({ [pair.name]: 0.5 }, { ...ROW, day_of_week: 'mon' });
    expect(reason).toMatchObject({ value: 'may, mon', text: 'Contacted in May and contacted on a Monday' });
  });

  it('tells the terms of a group as one reason, whose contribution is exactly their sum', () => {
    const parts = { empVarRate: 4.053, consPriceIdx: -1.729, 'month & empVarRate': -0.6 };
    const row = {
      ...ROW,
      'emp.var.rate': '-2.9',
      'cons.price.idx': '92.6',
      'cons.conf.idx': '-40',
      'nr.employed': '5040',
    };
    expect(reasons({ ...parts, contact: 0.2 }, row)).toMatchObject([
      {
        term: 'economy',
        contribution: economy(parts),
        direction: 'up',
        value: '-2.9, 92.6, -40, 0.74, 5040',
        text: 'The economy as it is now',
      },
      { term: 'contact' },
    ]);
  });

  it('tells nothing of a group whose terms outweigh each other', () => {
    expect(reasons({ empVarRate: 4.05, consPriceIdx: -4.05, contact: 0.2 }).map((r) => r.term)).toStrictEqual([
      'contact',
    ]);
  });

  it('gives no more than five, and none that hardly moves the score', () => {
    const all = Object.fromEntries(manifest.terms.map((term, n) => [term.name, n + 1]));
    expect(reasons(all).map((r) => r.contribution)).toStrictEqual([economy(all), 18, 12, 11, 10]);
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
