import { startSample } from '../../test/dynamics365-org';

const findingsOf = async (over: Parameters<typeof startSample>[0]): Promise<readonly object[]> => {
  const sample = await startSample(over);
  try {
    return await sample.connection.check(AbortSignal.timeout(10_000));
  } finally {
    await sample.stop();
  }
};

it('tells whether the changes of each table are tracked', async () => {
  const findings = await findingsOf({ subscribe: ['lead', 'systemuser'] });
  expect(findings).toContainEqual({ level: 'ok', what: 'changes of lead' });
  expect(findings).toContainEqual({
    level: 'warning',
    what: 'changes of systemuser',
    why: expect.stringContaining('not enabled') as string,
    fix: expect.stringContaining('Track changes') as string,
  });
});

it('does not ask where nothing is reconciled', async () => {
  const findings = await findingsOf({ subscribe: ['lead'], reconcile: 'off' });
  expect(findings).not.toContainEqual(expect.objectContaining({ what: 'changes of lead' }));
});
