import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectors } from '../../connectors/registry';
import { clauseIds } from './clauses';
import type { ContractSubject } from './subject';
import { describeConnector } from './suite';
import { ContractTable } from './table';
import { waivers } from './waivers';

/** The subjects of a registered connector: `subjects/<name>.ts`, and `subjects/<name>.<binding>.ts` for its other ways to hear. */
function subjectsOf(name: string): readonly ContractSubject[] {
  const folder = join(__dirname, 'subjects');
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`))
    .sort((one, other) => one.length - other.length)
    .map((file) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- found by name, so that a new connector edits no list
      return (require(join(folder, file)) as { readonly subject: ContractSubject }).subject;
    });
}

const table = new ContractTable();
for (const name of connectors.keys()) {
  const subjects = subjectsOf(name);
  subjects.forEach((subject) => {
    describeConnector(subject, table);
  });
  if (subjects.length === 0) {
    it(`the contract of ${name}`, () => {
      throw new Error(`no simulator for ${name}: give it one in test/contract/subjects/${name}.ts`);
    });
  }
}

it('has no waiver for what is not there', () => {
  const asked = [...connectors.keys()].flatMap(subjectsOf);
  for (const { connector, binding, clause, reason } of waivers) {
    expect(asked.map((one) => [one.connector.name, one.binding])).toContainEqual([connector, binding]);
    expect(clauseIds).toContain(clause);
    expect(reason).toMatch(/\w+ \w+/);
  }
});

it('has an issue for each waiver, and no other', () => {
  const page = readFileSync(join(__dirname, '../../docs/issues.md'), 'utf8');
  const issues = [...page.matchAll(/^## (\S+)$/gm)].map(([, issue]) => issue);
  expect(issues).toEqual([...new Set(waivers.map(({ issue }) => issue))]);
});

it('is what the page of who keeps it tells', () => {
  const page = join(__dirname, '../../docs/spec/contract-table.md');
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, table.page());
  expect(table.page()).toBe(readFileSync(page, 'utf8'));
});
