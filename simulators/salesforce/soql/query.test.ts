import type { Connection } from 'jsforce';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';

let org: OrgUnderTest;
let connection: Connection;
const ids: Record<string, string> = {};

beforeAll(async () => {
  org = await startOrg({
    fields: {
      Lead: [
        { name: 'Score__c', type: 'double' },
        { name: 'Met__c', type: 'datetime' },
      ],
    },
  });
  ({ connection } = org);
  const leads = [
    {
      LastName: 'Alpha',
      Company: "O'Neil",
      Score__c: 0.9,
      Rating: 'Hot',
      City: 'Bonn',
      Met__c: '2024-05-01T10:00:00Z',
    },
    { LastName: 'Beta', Company: 'Acme', Score__c: 0.5, Rating: 'Warm', Met__c: '2024-05-02T10:00:00Z' },
    { LastName: 'Gamma', Company: 'acme_50%', Rating: 'Hot' },
    { LastName: 'Delta', Company: 'Zeta', Score__c: 0.1 },
  ];
  for (const lead of leads) ids[lead.LastName] = (await connection.sobject('Lead').create(lead)).id!;
  await connection.sobject('Lead').destroy(ids['Delta']!);
  await connection.sobject('Task').create({ Subject: 'Call', WhoId: ids['Alpha'] });
});
afterAll(() => org.stop());

const names = async (clauses: string): Promise<string[]> => {
  const { records } = await connection.query<{ LastName: string }>(`SELECT LastName FROM Lead ${clauses}`);
  return records.map(({ LastName }) => LastName);
};

it.each([
  ["WHERE LastName = 'alpha'", ['Alpha']],
  ["WHERE LastName != 'Alpha'", ['Beta', 'Gamma']],
  ["WHERE LastName <> 'Alpha'", ['Beta', 'Gamma']],
  ['WHERE Score__c > 0.5', ['Alpha']],
  ['WHERE Score__c >= 0.5', ['Alpha', 'Beta']],
  ['WHERE Score__c < 0.9', ['Beta']],
  ['WHERE Score__c <= 0.9', ['Alpha', 'Beta']],
  ['WHERE Score__c = null', ['Gamma']],
  ['WHERE Score__c != NULL', ['Alpha', 'Beta']],
  ["WHERE Rating IN ('hot', 'Cold')", ['Alpha', 'Gamma']],
  ["WHERE Rating NOT IN ('Hot')", ['Beta']],
  ["WHERE Company LIKE 'acme%'", ['Beta', 'Gamma']],
  ["WHERE Company LIKE '_cme'", ['Beta']],
  ["WHERE Company LIKE 'acme\\_50\\%'", ['Gamma']],
  ["WHERE Company = 'O\\'Neil'", ['Alpha']],
  ["WHERE Rating = 'Hot' AND (Score__c = null OR City = 'Bonn')", ['Alpha', 'Gamma']],
  ["WHERE NOT Rating = 'Hot'", ['Beta']],
  ['WHERE Met__c = 2024-05-01T12:00:00+02:00', ['Alpha']],
  ['WHERE Met__c > 2024-05-01T10:00:00Z', ['Beta']],
  ['WHERE CreatedDate = TODAY', ['Alpha', 'Beta', 'Gamma']],
  ['WHERE CreatedDate < LAST_N_DAYS:3', []],
  ['WHERE IsConverted = false ORDER BY Score__c DESC NULLS LAST', ['Alpha', 'Beta', 'Gamma']],
  ['ORDER BY Score__c NULLS FIRST, LastName', ['Gamma', 'Beta', 'Alpha']],
  ['ORDER BY LastName DESC LIMIT 2', ['Gamma', 'Beta']],
  ['ORDER BY LastName LIMIT 1 OFFSET 1', ['Beta']],
])('finds by %s', async (clauses, expected) => {
  expect(await names(clauses)).toEqual(expected);
});

it('finds by id, long, short and in a list, in the order of creation', async () => {
  expect(await names(`WHERE Id = '${ids['Beta']!.slice(0, 15)}'`)).toEqual(['Beta']);
  expect(await names(`WHERE Id IN ('${ids['Alpha']!}', '${ids['Gamma']!}')`)).toEqual(['Alpha', 'Gamma']);
});

it('leaves deleted records to queryAll', async () => {
  expect(await names("WHERE LastName = 'Delta'")).toEqual([]);
  const all = await connection.query("SELECT LastName, IsDeleted FROM Lead WHERE LastName = 'Delta'", {
    scanAll: true,
  });
  expect(all.records).toMatchObject([{ LastName: 'Delta', IsDeleted: true }]);
});

it('follows references', async () => {
  const { records } = await connection.query(
    "SELECT Subject, Who.Name, Who.Type, Owner.Username FROM Task WHERE Who.Type = 'Lead'",
  );
  expect(records).toMatchObject([
    { Subject: 'Call', Who: { Name: 'Alpha', Type: 'Lead' }, Owner: { Username: 'integration@signalbox.example' } },
  ]);
});

it('counts, and expands FIELDS(ALL)', async () => {
  expect(await connection.query('SELECT COUNT() FROM Lead')).toMatchObject({ totalSize: 3, records: [] });
  const { records } = await connection.query('SELECT FIELDS(ALL) FROM Lead LIMIT 1');
  expect(records[0]).toMatchObject({ LastName: 'Alpha', Score__c: 0.9, Address: { city: 'Bonn' } });
});

it.each([
  ['SELECT Nope FROM Lead', 'INVALID_FIELD'],
  ['SELECT Id FROM Nope__c', 'INVALID_TYPE'],
  ['SELECT FROM Lead', 'MALFORMED_QUERY'],
  ['SELECT Id FROM Lead WHERE', 'MALFORMED_QUERY'],
  ['SELECT Id FROM Lead WHERE LastName ~ 1', 'MALFORMED_QUERY'],
  ['SELECT Id FROM Lead LIMIT x', 'MALFORMED_QUERY'],
  ["SELECT Id FROM Lead WHERE Score__c = 'x'", 'INVALID_FIELD'],
  ['SELECT Id FROM Lead WHERE LastName = 5', 'INVALID_FIELD'],
  ["SELECT Id FROM Lead WHERE CreatedDate > '2024-01-01'", 'INVALID_FIELD'],
  ['SELECT Id FROM Lead WHERE CreatedDate > 2024-01-01', 'INVALID_FIELD'],
  ["SELECT Id FROM Lead WHERE Description = 'x'", 'INVALID_FIELD'],
  ["SELECT Id FROM Lead WHERE Id = 'x'", 'INVALID_QUERY_FILTER_OPERATOR'],
  ['SELECT Who.Nope FROM Task', 'INVALID_FIELD'],
  ['SELECT FIELDS(ALL) FROM Lead', 'MALFORMED_QUERY'],
])('refuses %s', async (query, errorCode) => {
  await expect(connection.query(query)).rejects.toMatchObject({ errorCode });
});

it('cuts a long answer into batches that queryMore fetches, and refuses a locator it does not know', async () => {
  const tasks = Array.from({ length: 450 }, (_, n) => ({ Subject: `batch ${String(n).padStart(3, '0')}` }));
  await connection.sobject('Task').create(tasks, { allowRecursive: true });
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  const query = "SELECT Subject FROM Task WHERE Subject LIKE 'batch%' ORDER BY Subject";
  const first = await connection.query<{ Subject: string }>(query, { headers, autoFetch: false });
  expect([first.totalSize, first.done, first.records.length]).toEqual([450, false, 200]);
  const second = await connection.queryMore<{ Subject: string }>(first.nextRecordsUrl!);
  const third = await connection.queryMore<{ Subject: string }>(second.nextRecordsUrl!);
  expect([third.done, third.records.length]).toEqual([true, 50]);
  const subjects = [first, second, third].flatMap(({ records }) => records.map(({ Subject }) => Subject));
  expect(subjects).toEqual(tasks.map(({ Subject }) => Subject));
  await expect(connection.queryMore('/services/data/v62.0/query/01gxx-200')).rejects.toMatchObject({
    errorCode: 'INVALID_QUERY_LOCATOR',
  });
});
