import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signalbox } from '../terminal.fixture';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-forecast-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const deals = written(
  'deals.csv',
  'id,value,close_date,probability,won\n1,1000,2026-03-31,0.5,1000\n2,400,2026-03-02,0.25,0\n3,70,2026-04-01,1,0\n',
);

test('tells what the periods bring, with an interval', async () => {
  const { code, out } = await signalbox(['forecast', '--input', deals]);
  expect(code).toBe(0);
  expect(out).toBe(
    '2026-03  2 open  expected 600  0 to 1400\n2026-04  1 open  expected 70  70 to 70\n' +
      'intervals: 80 %, if deals are won or lost independently\n',
  );
});

test('takes the probabilities of a scores file, row by row', async () => {
  const scores = written('scores.csv', 'score,label,reasons\n1,Won,\n0,Lost,\n0.5,Won,\n');
  const { out } = await signalbox(['forecast', '--input', deals, '--scores', scores, '--json', '--period', 'quarter']);
  expect(JSON.parse(out)).toMatchObject({
    interval: 0.8,
    swing: 0,
    periods: [
      { period: '2026-Q1', deals: 2, expected: 1000 },
      { period: '2026-Q2', expected: 35 },
    ],
  });
});

test('tells how often the intervals held where the end is known', async () => {
  const { out } = await signalbox(['forecast', '--input', deals, '--actual', 'won']);
  expect(out).toMatch(/^2026-04 .* was 0 \(outside\)$/m);
  expect(out).toMatch(/^1 of 2 periods lie within their 80 % interval\nswing of these periods: \d\.\d\d$/m);
});

test.each([
  ['value,close_date,probability\nmuch,2026-03-01,0.5\n', /row 1: value is "much", not a number of 0 or more/],
  ['value,close_date,probability\n1,2026-03-01,1.5\n', /row 1: probability is "1.5", not a number of 0 to 1/],
  ['value,close_date,probability\n1,2026-02-30,0.5\n', /row 1: close_date is "2026-02-30", not a day/],
  ['value,close_date,probability\n1,31.3.2026,0.5\n', /close_date is "31.3.2026", not a day such as 2026-03-31/],
  ['value,close_date\n1,2026-03-01\n', /no column probability; found value, close_date/],
  ['', /empty/],
])('refuses a file that it cannot read right, by row and column', async (text, what) => {
  const { code, err } = await signalbox(['forecast', '--input', written('bad.csv', text)]);
  expect(code).toBe(2);
  expect(err).toMatch(what);
});

test('refuses scores of another file, a row without a score, and an interval that is none', async () => {
  const short = written('short.csv', 'score\n0.5\n');
  const gaps = written('gaps.csv', 'score\n0.5\n""\n0.5\n');
  const refused = async (...args: readonly string[]) => (await signalbox(['forecast', '--input', deals, ...args])).err;
  expect(await refused('--scores', short)).toMatch(/1 rows, but .* has 3/);
  expect(await refused('--scores', gaps)).toMatch(/row 2: score is "", not a number/);
  expect(await refused('--interval', '80')).toMatch(/above 0 and below 1/);
  expect(await refused('--swing', 'much')).toMatch(/from 0 to 5/);
  expect(await refused('--scores', '/nowhere.csv')).toMatch(/ENOENT/);
});
