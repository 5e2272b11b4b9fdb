import type { Connection } from 'jsforce';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';

let org: OrgUnderTest;
let connection: Connection;

beforeAll(async () => {
  org = await startOrg();
  ({ connection } = org);
});
afterAll(() => org.stop());

interface Result {
  readonly id?: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly {
    readonly statusCode: string;
    readonly message: string;
    readonly fields: readonly string[];
  }[];
}

const base = '/services/data/v62.0';
const post = <T>(path: string, body: object): Promise<T> => connection.requestPost(base + path, body);
const tasks = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, n) => ({ Subject: `${prefix} ${n}`, Signalbox_Key__c: `${prefix}-${n}` }));
const count = async (where: string): Promise<number> =>
  (await connection.query(`SELECT COUNT() FROM Task WHERE ${where}`)).totalSize;

describe('collections', () => {
  it('upsert 200 tasks at once, then update the same, in the order given', async () => {
    const made = await connection.sobject('Task').upsert(tasks(200, 'bulk'), 'Signalbox_Key__c');
    expect(made).toHaveLength(200);
    expect(made.every(({ success, created }) => success && created)).toBe(true);
    const again = await connection.sobject('Task').upsert(tasks(200, 'bulk'), 'Signalbox_Key__c');
    expect(again.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    expect(again.every(({ created }) => created === false)).toBe(true);
    expect(await count("Subject LIKE 'bulk %'")).toBe(200);
  });

  it('refuse the 201st record', async () => {
    const records = tasks(201, 'many').map((task) => ({ attributes: { type: 'Task' }, ...task }));
    await expect(post('/composite/sobjects', { records })).rejects.toMatchObject({ errorCode: 'EXCEEDED_ID_LIMIT' });
    expect(await count("Subject LIKE 'many %'")).toBe(0);
  });

  it('answer 200 with one result per row, and keep the good rows', async () => {
    const attributes = { type: 'Task' };
    const records = [
      { attributes, Subject: 'good 1' },
      { attributes, Subject: 'x'.repeat(256) },
      { attributes, Subject: 'bad', Nope__c: 1 },
      { attributes, Subject: 'good 2' },
    ];
    const results = await post<Result[]>('/composite/sobjects', { records });
    expect(results.map(({ success }) => success)).toEqual([true, false, false, true]);
    expect(results[1]?.errors).toMatchObject([{ statusCode: 'STRING_TOO_LONG', fields: ['Subject'] }]);
    expect(results[2]?.errors).toMatchObject([{ statusCode: 'INVALID_FIELD' }]);
    expect(await count("Subject LIKE 'good %'")).toBe(2);
  });

  it('take everything back with allOrNone, without an event', async () => {
    const attributes = { type: 'Task' };
    const before = org.salesforce.admin.events('/data/TaskChangeEvent').length;
    const records = [
      { attributes, Subject: 'none 1', Signalbox_Key__c: 'none-1' },
      { attributes, WhoId: 'nonsense' },
    ];
    const results = await post<Result[]>('/composite/sobjects', { allOrNone: true, records });
    expect(results.map(({ errors }) => errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'MALFORMED_ID',
    ]);
    expect(await count("Subject LIKE 'none %'")).toBe(0);
    expect(org.salesforce.admin.events('/data/TaskChangeEvent')).toHaveLength(before);
    expect(
      await connection.sobject('Task').upsert({ Signalbox_Key__c: 'none-1', Subject: 'now' }, 'Signalbox_Key__c'),
    ).toMatchObject({ created: true });
  });

  it('put changed rows back as they were with allOrNone', async () => {
    const attributes = { type: 'Task' };
    const { id } = await connection.sobject('Task').create({ Subject: 'kept', Signalbox_Key__c: 'kept' });
    const records = [
      { attributes, id, Subject: 'changed', Signalbox_Key__c: 'changed' },
      { attributes, id: '00TSb0zzzzzzzzz', Subject: 'x' },
    ];
    const results = await connection.requestPatch<Result[]>(`${base}/composite/sobjects`, { allOrNone: true, records });
    expect(results[1]).toMatchObject({ success: false, errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] });
    expect(await connection.sobject('Task').retrieve(id!)).toMatchObject({ Subject: 'kept' });
    expect(await count("Signalbox_Key__c = 'kept'")).toBe(1);
    expect(await count("Signalbox_Key__c = 'changed'")).toBe(0);
  });

  it('refuse every row of a key that is given twice', async () => {
    const results = await connection.sobject('Task').upsert(
      [
        { Signalbox_Key__c: 'twice', Subject: 'a' },
        { Signalbox_Key__c: 'TWICE', Subject: 'b' },
        { Signalbox_Key__c: 'once', Subject: 'c' },
      ],
      'Signalbox_Key__c',
    );
    expect(results.map(({ success }) => success)).toEqual([false, false, true]);
    expect(results[0]).toMatchObject({ errors: [{ statusCode: 'DUPLICATE_VALUE' }] });
  });

  it('update, delete and read several, with null for what is gone', async () => {
    const made = await connection.sobject('Task').create(tasks(3, 'trio'));
    const ids = made.map(({ id }) => id!);
    const updated = await connection.sobject('Task').update(ids.map((Id) => ({ Id, Priority: 'Low' })));
    expect(updated.map(({ id }) => id)).toEqual(ids);
    const removed = await connection.sobject('Task').destroy([ids[0]!, '00TSb0zzzzzzzzz']);
    expect(removed.map(({ success }) => success)).toEqual([true, false]);
    const read = await post<({ Priority: string } | null)[]>('/composite/sobjects/Task', { ids, fields: ['Priority'] });
    expect(read.map((record) => record?.Priority ?? null)).toEqual([null, 'Low', 'Low']);
    expect(await connection.sobject('Task').retrieve(ids.slice(1))).toMatchObject([{ Id: ids[1] }, { Id: ids[2] }]);
  });
});

interface Composite {
  readonly compositeResponse: readonly {
    readonly body: unknown;
    readonly httpStatusCode: number;
    readonly referenceId: string;
  }[];
}

describe('composite', () => {
  const chain = (taskBody: object, allOrNone = false) => ({
    allOrNone,
    compositeRequest: [
      {
        method: 'POST',
        url: `${base}/sobjects/Lead`,
        referenceId: 'lead',
        body: { LastName: 'Chain', Company: 'Acme' },
      },
      { method: 'POST', url: `${base}/sobjects/Task`, referenceId: 'task', body: taskBody },
      { method: 'GET', url: `${base}/query?q=SELECT+WhoId+FROM+Task+WHERE+Id='@{task.id}'`, referenceId: 'found' },
    ],
  });

  it('lets later requests use the answers of earlier ones', async () => {
    const { compositeResponse } = await post<Composite>('/composite', chain({ WhoId: '@{lead.id}', Subject: 'Call' }));
    expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 201, 200]);
    const [leadAnswer, , found] = compositeResponse.map(
      ({ body }) => body as { id: string; records: { WhoId: string }[] },
    );
    expect(found?.records).toMatchObject([{ WhoId: leadAnswer?.id }]);
  });

  it('answers each for itself, and halts what depended on a failure', async () => {
    const { compositeResponse } = await post<Composite>('/composite', chain({ WhoId: 'nonsense' }));
    expect(compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 400, 400]);
    expect(compositeResponse[2]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
  });

  it('takes all of it back with allOrNone', async () => {
    const before = (await connection.query("SELECT COUNT() FROM Lead WHERE LastName = 'Chain'")).totalSize;
    const { compositeResponse } = await post<Composite>('/composite', chain({ WhoId: 'nonsense' }, true));
    expect(compositeResponse.map(({ body }) => (body as { errorCode: string }[])[0]?.errorCode)).toEqual([
      'PROCESSING_HALTED',
      'MALFORMED_ID',
      'PROCESSING_HALTED',
    ]);
    expect((await connection.query("SELECT COUNT() FROM Lead WHERE LastName = 'Chain'")).totalSize).toBe(before);
  });

  it('refuses 26 requests and a reference that is given twice', async () => {
    const request = { method: 'GET', url: `${base}/limits` };
    const many = { compositeRequest: Array.from({ length: 26 }, (_, n) => ({ ...request, referenceId: `r${n}` })) };
    await expect(post('/composite', many)).rejects.toMatchObject({ errorCode: 'INVALID_INPUT' });
    const twice = {
      compositeRequest: [
        { ...request, referenceId: 'r' },
        { ...request, referenceId: 'r' },
      ],
    };
    await expect(post('/composite', twice)).rejects.toMatchObject({ errorCode: 'INVALID_INPUT' });
  });
});

it('logs every write with its client, user and outcome', async () => {
  const { id } = await connection.sobject('Task').create({ Subject: 'logged' });
  await connection
    .sobject('Task')
    .update({ Id: id!, Subject: 'x'.repeat(300) })
    .catch(() => undefined);
  const [created, refused] = org.salesforce.admin.writes().slice(-2);
  const { userId } = org.salesforce.clients['integration']!;
  expect(created).toMatchObject({
    operation: 'create',
    object: 'Task',
    recordId: id,
    clientId: 'Signalbox',
    userId,
    body: { Subject: 'logged' },
  });
  expect(created?.errorCode).toBeUndefined();
  expect(refused).toMatchObject({ operation: 'update', recordId: id, errorCode: 'STRING_TOO_LONG' });
});
