import fc from 'fast-check';
import { parseLossless } from './lossless-json';

test.each<[string, unknown]>([
  ['{"a":1,"b":-2.5,"c":[1e3,0]}', { a: 1, b: -2.5, c: [1000, 0] }],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', '9007199254740993'],
  [
    '{"replayId":12345678901234567890,"n":-9223372036854775808}',
    { replayId: '12345678901234567890', n: '-9223372036854775808' },
  ],
  ['[0.12345678901234567890]', ['0.12345678901234567890']],
  ['[1.10000000000000000]', [1.1]],
  ['[0.1000000000000000055511151231257827]', ['0.1000000000000000055511151231257827']],
  ['[1e400, 1]', ['1e400', 1]],
  ['[1.2345678901234567E7, -1.2345678901234567E16]', ['12345678.901234567', '-12345678901234567']],
  ['[1.2345678901234567E-3, 12345678901234567890E2]', ['0.0012345678901234567', '1234567890123456789000']],
  [
    '{"text":"12345678901234567890","q":"\\"12345678901234567890\\\\"}',
    { text: '12345678901234567890', q: '"12345678901234567890\\' },
  ],
  ['{"12345678901234567890":12345678901234567890}', { '12345678901234567890': '12345678901234567890' }],
])('%s keeps every digit', (json, value) => {
  expect(parseLossless(json)).toEqual(value);
});

/** What a double holds only by chance (from 2 to the 53rd on) is read as a text. */
const wide = (_: string, value: unknown): unknown =>
  typeof value === 'number' && /^-?\d+$/.test(String(value)) && !Number.isSafeInteger(value) ? String(value) : value;

test('any JSON that a double can hold is what JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(parseLossless(json)).toEqual(JSON.parse(json, wide));
    }),
  );
});

test('any 64-bit integer comes back digit by digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), fc.string(), (integer, text) => {
      const [read, kept] = parseLossless(`[${integer}, ${JSON.stringify(text)}]`) as [unknown, string];
      expect(String(read)).toBe(String(integer));
      expect(kept).toBe(text);
    }),
  );
});

test.each(['', '{', '[1,]', '{"a":01}', 'NaN', '[12345678901234567890', "{'a':1}", '12345678901234567890 1'])(
  '%j is refused',
  (json) => {
    expect(() => parseLossless(json)).toThrow(SyntaxError);
  },
);

test('a text of megabytes is no trouble', () => {
  const text = 'x"\\'.repeat(700_000);
  expect(parseLossless(JSON.stringify([text, 1]).replace(/1\]$/, '12345678901234567890]'))).toEqual([
    text,
    '12345678901234567890',
  ]);
});

test('what is nested deeper than anybody meant is refused as no JSON', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}"]"${']'.repeat(levels)}`;
  expect(parseLossless(nested(500))).toHaveLength(1);
  expect(() => parseLossless(nested(501))).toThrow(SyntaxError);
  expect(parseLossless(JSON.stringify(Array(2000).fill('[{')))).toHaveLength(2000);
});
