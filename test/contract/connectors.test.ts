import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectors } from '../../connectors/registry';
import { clauseIds } from './clauses';
import type { ContractSubject } from './subject';
import { describeConnector } from './suite';
import { waivers } from './waivers';

/** The subject of a registered connector: `subjects/<name>.ts`, a function of the connector's name. */
function subjectOf(name: string): ContractSubject | undefined {
  const file = join(__dirname, 'subjects', `${name}.ts`);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- found by name, so that a new connector edits no list
  return existsSync(file) ? (require(file) as { readonly subject: ContractSubject }).subject : undefined;
}

for (const name of connectors.keys()) {
  const subject = subjectOf(name);
  if (subject !== undefined) describeConnector(subject);
  else {
    it(`the contract of ${name}`, () => {
      throw new Error(`no simulator for ${name}: give it one in test/contract/subjects/${name}.ts`);
    });
  }
}

it('has no waiver for what is not there', () => {
  const names = [...connectors.keys()];
  for (const { connector, clause, reason } of waivers) {
    expect(names).toContain(connector);
    expect(clauseIds).toContain(clause);
    expect(reason).toMatch(/\w+ \w+/);
  }
});
