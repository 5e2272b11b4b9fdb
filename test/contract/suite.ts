import { clauseIds, clauses, sourceClauseIds } from './clauses';
import type { ContractSubject } from './subject';
import type { ContractTable } from './table';
import { waivers } from './waivers';

/**
 * Asks every clause of a connector. A waived one runs too: it must still fail, or the waiver has become a lie.
 * Further transports differ in how they hear, so they are asked what a source is asked.
 */
export function describeConnector(subject: ContractSubject, table: ContractTable): void {
  const { name } = subject.connector;
  const { binding } = subject;
  const column = binding === undefined ? name : `${name} over ${binding}`;
  table.add(column);
  describe(`the contract of ${column}`, () => {
    for (const id of clauseIds) {
      const { title, check } = clauses[id];
      const waiver = waivers.find((one) => one.connector === name && one.binding === binding && one.clause === id);
      if (waiver === undefined) {
        it(`${id} ${title}`, async () => {
          await check(subject);
          table.saw(column, id, 'keeps');
        });
      } else {
        it(`${id} is waived: ${waiver.reason}`, async () => {
          await expect(check(subject)).rejects.toThrow();
          table.saw(column, id, 'waived');
        });
      }
    }
  });
  for (const [transport, start] of Object.entries(subject.transports ?? {})) {
    const beside = `${name} over ${transport}`;
    table.add(beside);
    describe(`the contract of ${beside}`, () => {
      for (const id of sourceClauseIds) {
        it(`${id} ${clauses[id].title}`, async () => {
          await clauses[id].check({ ...subject, start });
          table.saw(beside, id, 'keeps');
        });
      }
    });
  }
}
