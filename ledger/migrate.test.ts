import { openLedger } from './ledger';

test('a database that does not answer is named with the fix', async () => {
  const opened = openLedger({ url: 'postgres://nobody:secret@localhost:1/none' });
  await expect(opened).rejects.toThrow(/could not be prepared: .*ECONNREFUSED.*DATABASE_URL/);
});
