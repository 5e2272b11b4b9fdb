import { clauseIds, clauses, sourceClauseIds } from './clauses';
import type { ContractSubject } from './subject';
import { waivers } from './waivers';

/**
 * Asks every clause of a connector. A waived one runs too: it must still fail, or the waiver has become a lie.
 * Further transports differ in how they hear, so they are asked what a source is asked.
 */
export function describeConnector(subject: ContractSubject): void {
  const { name } = subject.connector;
  const { binding } = subject;
  describe(`the contract of ${name}${binding === undefined ? '' : ` over ${binding}`}`, () => {
    for (const id of clauseIds) {
      const { title, check } = clauses[id];
      const waiver = waivers.find((one) => one.connector === name && one.binding === binding && one.clause === id);
      if (waiver === undefined) it(`${id} ${title}`, () => check(subject));
      else {
        it(`${id} is waived: ${waiver.reason}`, async () => {
          await expect(check(subject)).rejects.toThrow();
        });
      }
    }
  });
  for (const [transport, start] of Object.entries(subject.transports ?? {})) {
    describe(`the contract of ${name} over ${transport}`, () => {
      for (const id of sourceClauseIds)
        it(`${id} ${clauses[id].title}`, () => clauses[id].check({ ...subject, start }));
    });
  }
}
