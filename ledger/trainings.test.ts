import { openLedger, type Ledger } from './ledger';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const usecase = 'lead-scoring';
const begin = (tenant: string, id: string, because = 'a test') =>
  ledger.trainings.begin(tenant, { usecase, id, because });

it('keeps what is told of a training, step by step, and when it ended', async () => {
  await begin('steps', 'a');
  await ledger.trainings.change(
    'steps',
    { usecase, id: 'a' },
    { champion: 'sha256:1', rows: { yes: 1, no: 2, censored: 3 } },
  );
  await ledger.trainings.change('steps', { usecase, id: 'a' }, { status: 'shadow', digest: 'sha256:2', folder: 'f' });
  const [shadow] = await ledger.trainings.list('steps', usecase);
  expect(shadow).toEqual({
    ...{ usecase, id: 'a', because: 'a test', status: 'shadow', champion: 'sha256:1', digest: 'sha256:2', folder: 'f' },
    ...{ rows: { yes: 1, no: 2, censored: 3 }, at: expect.any(String) as string },
  });
  await ledger.trainings.change('steps', { usecase, id: 'a' }, { status: 'dropped', what: 'refused', by: 'Ada Byron' });
  expect(await ledger.trainings.learned('steps')).toMatchObject([{ usecase, status: 'dropped', digest: 'sha256:2' }]);
  expect(await ledger.trainings.list('steps')).toMatchObject([
    { status: 'dropped', what: 'refused', by: 'Ada Byron', digest: 'sha256:2', endedat: expect.any(String) as string },
  ]);
});

it('begins once, however often it is told to', async () => {
  await begin('twice', 'a', 'first');
  await begin('twice', 'a', 'second');
  expect(await ledger.trainings.list('twice')).toMatchObject([{ because: 'first', status: 'training' }]);
});

it('knows of each tenant its own, and refuses what never began', async () => {
  await begin('own', 'a');
  expect(await ledger.trainings.list('other')).toEqual([]);
  await expect(ledger.trainings.change('other', { usecase, id: 'a' }, { status: 'dropped' })).rejects.toThrow(
    /no training a of lead-scoring is known/,
  );
});
