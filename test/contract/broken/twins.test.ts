import { clauseIds, clauses } from '../clauses';
import { deadline } from '../examine';
import { intact } from '../reference/connector';
import { acmeSubject } from '../reference/subject';
import { twins } from './twins';

beforeAll(() => {
  // A twin that loses an event is found by waiting for it in vain.
  deadline.ms = 2000;
});

/** What an error says, with what caused it. Node's own errors are no instances of this realm's Error. */
function messages(error: unknown): string {
  const { message, cause } = (error ?? {}) as { readonly message?: string; readonly cause?: unknown };
  return message === undefined ? '' : `${message} ${messages(cause)}`;
}

describe.each(clauseIds)('%s', (id) => {
  it('passes for the intact reference connector', async () => {
    await clauses[id].check(acmeSubject());
  });

  it('fails for the twin with its defect', async () => {
    const { defect, found } = twins[id];
    const caught: unknown = await clauses[id]
      .check(acmeSubject({ ...intact, ...defect }))
      .catch((error: unknown) => error);
    expect(messages(caught)).toMatch(found);
  });
});
