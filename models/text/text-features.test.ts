import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRecord, featuresFromRow } from '../features';
import { dataSet, type Row } from '../held-out';
import { textManifest } from './held-out-texts';
import { textRow } from './text-features';
import type { TextFeature, TextManifest } from './text-manifest';

let manifest: TextManifest;
let feature: TextFeature;
beforeAll(async () => {
  manifest = await textManifest('case-classification');
  [feature] = manifest.features;
});

const outcome = (text: unknown) => textRow(feature, [text]);

describe('the text of a row', () => {
  it('is what stands in the column', () => {
    expect(featuresFromRow(manifest, { text: 'Where is my card?', category: 'lies' })).toStrictEqual({
      outcome: 'row',
      values: [],
      text: 'Where is my card?',
      defaults: [],
    });
  });

  it.each([undefined, null, '', '  \n'])('is missing where there is %j', (text) => {
    expect(outcome(text)).toStrictEqual({
      outcome: 'abstain',
      feature: 'text',
      column: 'text',
      reason: 'text (text) is missing',
    });
  });

  it.each([
    [7, 'is a number, not a text'],
    [{ a: 1 }, 'is a object, not a text'],
    ['x'.repeat(1_000_000), 'has 1000000 characters, the model reads at most 32000: pass the part that matters'],
    [':^( 😂', 'holds no word'],
    ['カードをなくしました card', 'is mostly in another script (4 of 14 letters are Latin); the model reads English'],
    ['Где моя карта?', 'is mostly in another script (0 of 11 letters are Latin); the model reads English'],
    ['Ich habe meine Karte verloren', 'reads like German; the model reads English'],
    ['¿Dónde está mi tarjeta?', 'reads like Spanish; the model reads English'],
    ['où est ma carte', 'reads like French; the model reads English'],
    ['Meu cartão não chegou', 'reads like Portuguese; the model reads English'],
    ['Ho perso la carta', 'reads like Italian; the model reads English'],
    ['Ik kan niet betalen met mijn kaart', 'reads like Dutch; the model reads English'],
  ])('has no score for %.40j', (text, why) => {
    expect(outcome(text)).toMatchObject({ outcome: 'abstain', reason: `text (text) ${why}` });
  });

  it('is refused where the manifest says so', () => {
    expect(textRow({ ...feature, missing: { on: 'refuse' } }, [''])).toMatchObject({ outcome: 'refuse' });
  });

  it.each([
    'how do i say donde esta el banco in spanish',
    'Cancel my tarjeta de crédito please',
    'naïve café',
    'refund',
  ])('is scored: %s', (text) => {
    expect(outcome(text)).toMatchObject({ outcome: 'row', text });
  });
});

describe('the text of a canonical record', () => {
  it('is its subject and description, one under the other; what is absent is left out', () => {
    const record = { id: '500', subject: 'Card lost', description: 'It fell into the river.' };
    expect(featuresFromRecord(manifest, record)).toMatchObject({ text: 'Card lost\nIt fell into the river.' });
    expect(featuresFromRecord(manifest, { subject: 'Card lost', description: null })).toMatchObject({
      text: 'Card lost',
    });
    expect(featuresFromRecord(manifest, { id: '500' })).toMatchObject({ outcome: 'abstain' });
  });
});

const sets = [
  ['BANKING77_CSV', 'banking77/banking77.csv', 'text', 0],
  ['CLINC150_CSV', 'clinc150/clinc150.csv', 'text', 0],
  ['BITEXT_SUPPORT_CSV', 'bitext_support/bitext_support.csv', 'instruction', 0],
  ['GOEMOTIONS_CSV', 'goemotions/goemotions.csv.gz', 'text', 1],
] as const;

describe.each(sets)('the texts of public data: %s', (variable, name, column, unreadable) => {
  const data = dataSet(variable, name);
  (data.isThere ? it : it.skip)('are taken for English, all but those without a word', () => {
    const bytes = readFileSync(data.file);
    const rows = parse(name.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true }) as unknown as Row[];
    const out = rows.map((row) => outcome(row[column])).filter((row) => row.outcome !== 'row');
    expect(out).toHaveLength(unreadable);
    expect(out.every(({ reason }) => reason.endsWith('holds no word'))).toBe(true);
  });
});
