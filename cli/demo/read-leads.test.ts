import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readLeads } from './read-leads';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-leads-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const mapping = join(folder, 'mapping.yaml');
writeFileSync(mapping, "LastName: 'Row {row}'\nCompany: '{company}'\nCampaign__c: '{calls}'\n");

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const good = 'company,calls\r\n"Lopez, ""Sons""\nand Co",3\r\nGranite,\r\n\r\n';

test.each([
  ['as it is', good],
  ['with a byte order mark', `\ufeff${good}`],
  ['packed', gzipSync(good)],
])('rows become leads, from a file %s', async (_, content) => {
  const file = write(typeof content === 'string' ? 'good.csv' : 'good.csv.gz', content);
  const { rows, leads } = await readLeads(file, mapping, 10);
  expect(rows).toBe(2);
  const read: unknown[] = [];
  for await (const lead of leads) read.push(lead);
  expect(read).toEqual([
    { LastName: 'Row 1', Company: 'Lopez, "Sons"\nand Co', Campaign__c: 3 },
    { LastName: 'Row 2', Company: 'Granite' },
  ]);
});

test.each([
  ['an empty file', '', /no rows/],
  ['a header alone', 'company,calls\n', /no rows/],
  ['semicolons', 'company;calls\nGranite;3\n', /row 1: there is no column company \(columns: company;calls/],
  ['a number that is none', 'company,calls\nA,1\nB,x\n', /row 2: Campaign__c must be a number, not "x"/],
  ['a row that is too long', 'company,calls\nA,1\nB,2,3\n', /Invalid Record Length: .* on line 3/],
  ['an open quote', 'company,calls\n"A,1\n', /Quote Not Closed/],
  ['a column twice', 'company,calls,company\nA,1,B\n', /column company is there twice/],
])('%s is refused before a lead is given', async (_, content, what) => {
  const file = write('bad.csv', content);
  const refused = { message: expect.stringMatching(what) as string, where: file, code: 2 };
  await expect(readLeads(file, mapping, 10)).rejects.toMatchObject({
    ...refused,
    fix: expect.stringContaining('--mapping') as string,
  });
});

test.each([
  ['a file', join(folder, 'nowhere.csv'), mapping, 'ENOENT'],
  ['a folder', folder, mapping, 'EISDIR'],
  ['a mapping', mapping, join(folder, 'nowhere.yaml'), 'ENOENT'],
])('%s that cannot be read is named', async (_, file, by, why) => {
  await expect(readLeads(file, by, 10)).rejects.toMatchObject({ message: `the file cannot be read: ${why}`, code: 2 });
});
