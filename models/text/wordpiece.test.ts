import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { dataSet, type Row } from '../held-out';
import { wordPiece, type WordPiece } from './wordpiece';

const vocabulary = readFileSync(path.join(__dirname, 'vocab.txt'), 'utf8').trimEnd().split('\n');
const cut: WordPiece = wordPiece(vocabulary);

/** Hard strings, with the ids that the Python package `tokenizers` (0.23.3) gives for them. */
const hard = readFileSync(path.join(__dirname, 'wordpiece.fixture.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as [string, number[]]);

describe('wordPiece', () => {
  it.each(hard)('cuts %j as tokenizers does', (text, ids) => {
    expect(cut(text).map(({ id }) => id)).toStrictEqual(ids);
  });

  it('knows the word of each piece, in lower case and without accents', () => {
    const words = cut('Naïvely unrefundable!').map(({ word }) => word);
    expect([...new Set(words)]).toStrictEqual(['naively', 'unrefundable', '!']);
  });

  it('wants a vocabulary with a piece for unknown words', () => {
    expect(() => wordPiece(['a', 'b'])).toThrow('the vocabulary has no [UNK]');
  });
});

/** Public data sets, and the SHA-256 over a line of ids for each of their texts, as `tokenizers` gives them. */
const sets = [
  [
    'BANKING77_CSV',
    'banking77/banking77.csv',
    'text',
    '27a772113e4d2fb0aefc846ef4ed464786e4aa125eec1c77548704c9f428d525',
  ],
  ['CLINC150_CSV', 'clinc150/clinc150.csv', 'text', 'e3d328213e4e61f8f6df70666c444c5d0858367f0f4ff6c15d398923f92ad48b'],
  [
    'GOEMOTIONS_CSV',
    'goemotions/goemotions.csv.gz',
    'text',
    'f954db6f1a846822a70f9d76913175ef6030f162efc40fa34f2a977f64698121',
  ],
] as const;

describe.each(sets)('wordPiece on the public data: %s', (variable, name, column, digest) => {
  const data = dataSet(variable, name);
  (data.isThere ? it : it.skip)('cuts every text as tokenizers does', () => {
    const bytes = readFileSync(data.file);
    const rows = parse(name.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true }) as unknown as Row[];
    const hash = createHash('sha256');
    for (const row of rows)
      hash.update(
        `${cut(row[column] ?? '')
          .map(({ id }) => id)
          .join(' ')}\n`,
      );
    expect(rows.length).toBeGreaterThan(10_000);
    expect(hash.digest('hex')).toBe(digest);
  });
});
