import { generateKeyPairSync } from 'node:crypto';
import type { Action, ActionResult, CreateTask, SetFields } from '../../canonical-schema/action';
import { type RunningSalesforce, type SalesforceOptions, startSalesforce } from '../../simulators/salesforce';
import type { Connection } from '../contract';
import { noInbox } from '../kit/no-inbox';
import type { SalesforceConfig } from './config';
import { salesforce } from './index';
import type { SalesforceNative } from './native';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { signal } = new AbortController();
const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let org: RunningSalesforce;
let connection: Connection<SalesforceNative>;
let lead: string;

async function connect(config: Partial<SalesforceConfig> = {}): Promise<Connection<SalesforceNative>> {
  const { clientId, clientSecret } = org.clients.integration!;
  return salesforce.connect(
    {
      baseUrl: org.baseUrl,
      pubsubEndpoint: org.grpcAddress,
      pubsubCa: org.caCertPem,
      auth: { kind: 'client-credentials', clientId, clientSecret },
      requestsPerSecond: 1000,
      ...config,
    },
    { log, now: Date.now, inbox: noInbox },
  );
}

async function start(options: SalesforceOptions = {}): Promise<void> {
  org = await startSalesforce({ apps: { integration: { publicKeyPem: publicKey } }, ...options });
  connection = await connect();
  lead = org.admin.create('Lead', { LastName: 'Lopez', Company: 'Acme' });
}

const base = { tenantid: 'acme', connection: 'sales', decisionid: 'd' };

function creation(id: string, about = { entity: 'lead', id: lead }): CreateTask {
  const task = { subject: 'Call', description: 'Why: …\nSee', priority: 'high', due: '2026-03-01T10:00:00Z' } as const;
  return { ...base, kind: 'create-task', id, about, task };
}

function setting(id: string, fields: SetFields['fields'], expectedVersion?: string): SetFields {
  const version = expectedVersion === undefined ? {} : { expectedVersion };
  return { ...base, kind: 'set-fields', id, about: { entity: 'lead', id: lead }, fields, ...version };
}

const apply = (...actions: Action[]): Promise<readonly ActionResult[]> => connection.sink.apply(actions, signal);
const tasks = (): readonly Record<string, unknown>[] => org.admin.records('Task');
const leadNow = (): Record<string, unknown> => org.admin.records('Lead').find(({ Id }) => Id === lead)!;
const outcomes = (results: readonly ActionResult[]): string[] => results.map(({ outcome }) => outcome);

beforeEach(() => start());

afterEach(async () => {
  await connection.close();
  await org.stop();
});

describe('creating tasks', () => {
  it('makes one for a lead, with the words of Salesforce', async () => {
    const [result] = await apply(creation('k1'));
    expect(result).toMatchObject({ actionId: 'k1', outcome: 'applied' });
    expect(tasks()).toMatchObject([
      {
        Id: result?.outcome === 'failed' ? '' : result?.nativeId,
        WhoId: lead,
        WhatId: null,
        Subject: 'Call',
        Description: 'Why: …\nSee',
        Priority: 'High',
        Status: 'Not Started',
        ActivityDate: '2026-03-01',
        Signalbox_Key__c: 'k1',
      },
    ]);
  });

  it('names nothing for what no record of the org stands for', async () => {
    const about = { entity: 'rhythm', id: 'sales:lead.created:2026-03-01' };
    expect(outcomes(await apply(creation('k1', about)))).toEqual(['applied']);
    expect(tasks()).toMatchObject([{ WhoId: null, WhatId: null }]);
  });

  it('names what is no person by WhatId', async () => {
    const account = org.admin.create('Account', { Name: 'Acme' });
    await apply(creation('k1', { entity: 'account', id: account }));
    expect(tasks()).toMatchObject([{ WhoId: null, WhatId: account }]);
  });

  it('has one effect when applied twice and eight times at once', async () => {
    const at = await Promise.all(Array.from({ length: 8 }, () => apply(creation('k1'))));
    expect(new Set(at.flatMap(outcomes))).toEqual(new Set(['applied']));
    expect(outcomes(await apply(creation('k1')))).toEqual(['already-applied']);
    expect(tasks()).toHaveLength(1);
  });

  it('has one effect when two processes apply at once', async () => {
    const other = await connect();
    const both = await Promise.all([apply(creation('k1')), other.sink.apply([creation('k1')], signal)]);
    await other.close();
    expect(both.flatMap(outcomes).toSorted()).toEqual(['already-applied', 'applied']);
    expect(tasks()).toHaveLength(1);
  });

  it('sends concurrent actions in one call, each with its own result', async () => {
    await connection.close();
    await org.stop();
    // Only one request a day: more than one call would show.
    await start({ dailyRequests: 1 });
    const wrong = { ...creation('bad'), task: { ...creation('bad').task, subject: 'x'.repeat(300) } };
    const results = await Promise.all([apply(creation('k1')), apply(wrong), apply(creation('k2'))]);
    expect(results.flat()).toMatchObject([
      { actionId: 'k1', outcome: 'applied' },
      { actionId: 'bad', outcome: 'failed', failure: 'permanent', code: 'STRING_TOO_LONG' },
      { actionId: 'k2', outcome: 'applied' },
    ]);
  });

  it('finds the task of a try whose answer was lost, and leaves what a person did to it', async () => {
    org.admin.fault({ kind: 'dropResponse' });
    expect(await apply(creation('k1'))).toMatchObject([{ outcome: 'failed', failure: 'retryable' }]);
    const taskId = String(tasks()[0]?.Id);
    org.admin.completeTask(taskId);
    expect(await apply(creation('k1'))).toMatchObject([{ outcome: 'already-applied', nativeId: taskId }]);
    expect(tasks()).toMatchObject([{ Status: 'Completed' }]);
  });

  it('renews a token that was refused', async () => {
    org.admin.fault({ kind: 'tokenExpiry' });
    expect(outcomes(await apply(creation('k1')))).toEqual(['applied']);
  });
});

describe('notes', () => {
  const note = (id: string, about = { entity: 'lead', id: lead }): Action => ({
    ...{ ...base, kind: 'add-note', id, about },
    note: { title: 'Likely to buy', text: 'Why\n+ Asked for a price' },
  });

  it('stand in the activity history: a completed task with the key', async () => {
    const account = org.admin.create('Account', { Name: 'Acme' });
    const results = await apply(note('n1'), note('n2', { entity: 'account', id: account }), creation('k1'));
    expect(outcomes(results)).toEqual(['applied', 'applied', 'applied']);
    expect(tasks().filter(({ Status }) => Status === 'Completed')).toMatchObject([
      { Subject: 'Likely to buy', Description: 'Why\n+ Asked for a price', WhoId: lead, Signalbox_Key__c: 'n1' },
      { WhatId: account, Signalbox_Key__c: 'n2' },
    ]);
  });

  it('are made once, and left as a person changed them', async () => {
    org.admin.fault({ kind: 'dropResponse' });
    expect(await apply(note('n1'))).toMatchObject([{ failure: 'retryable' }]);
    const nativeId = String(tasks()[0]?.Id);
    org.admin.update(nativeId, { Description: 'Called her' });
    expect(await apply(note('n1'))).toMatchObject([{ outcome: 'already-applied', nativeId }]);
    expect(tasks()).toMatchObject([{ Description: 'Called her' }]);
  });
});

it('gives a record to a queue, which is an owner in Salesforce', async () => {
  const queue = org.admin.create('Group', { Name: 'Hot leads', Type: 'Queue' });
  const [routed, again] = [
    await apply(setting('r1', { OwnerId: queue })),
    await apply(setting('r1', { OwnerId: queue })),
  ];
  expect(outcomes([...routed, ...again])).toEqual(['applied', 'applied']);
  expect(leadNow()).toMatchObject({ OwnerId: queue });
  const account = org.admin.create('Account', { Name: 'Acme' });
  const wrong = { ...setting('r2', { OwnerId: queue }), about: { entity: 'account', id: account } };
  expect(await apply(wrong)).toMatchObject([{ outcome: 'failed', failure: 'permanent' }]);
});

describe('failures', () => {
  it('classes a row lock as retryable, for its row only', async () => {
    org.admin.fault({ kind: 'rowLock' });
    expect(await apply(creation('k1'), creation('k2'))).toMatchObject([
      { outcome: 'failed', failure: 'retryable', code: 'UNABLE_TO_LOCK_ROW' },
      { outcome: 'applied' },
    ]);
  });

  it("tells 503 as retryable with the server's delay", async () => {
    org.admin.fault({ kind: 'serverUnavailable', retryAfter: 2 });
    expect(await apply(creation('k1'))).toMatchObject([{ failure: 'retryable', retryAfterMs: 2000 }]);
  });

  it('tells an exhausted request limit as retryable, much later', async () => {
    org.admin.fault({ kind: 'requestLimit' });
    expect(await apply(creation('k1'))).toMatchObject([
      { failure: 'retryable', code: 'REQUEST_LIMIT_EXCEEDED', retryAfterMs: 300_000 },
    ]);
  });

  it('tells a deleted record and an unknown field as permanent', async () => {
    const unknown = await apply(setting('k1', { Nonsense__c: 1 }));
    org.admin.remove(lead);
    expect([...unknown, ...(await apply(setting('k2', { Rating: 'Hot' })))]).toMatchObject([
      { failure: 'permanent', code: expect.stringMatching(/INVALID_FIELD/) as unknown },
      { failure: 'gone', code: 'ENTITY_IS_DELETED' },
    ]);
  });

  it('rejects with the reason when aborted, without writing', async () => {
    const aborted = AbortSignal.abort(new Error('shutting down'));
    await expect(connection.sink.apply([creation('k1')], aborted)).rejects.toThrow('shutting down');
    expect(tasks()).toEqual([]);
  });
});

describe('changing records', () => {
  it('updates and closes a task', async () => {
    const [created] = await apply(creation('k1'));
    const taskId = created?.outcome === 'failed' ? '' : created!.nativeId;
    const about = { entity: 'lead', id: lead };
    await apply({
      ...base,
      kind: 'update-task',
      id: 'k2',
      about,
      taskId,
      task: { subject: 'Call now', priority: 'normal' },
    });
    expect(tasks()).toMatchObject([{ Subject: 'Call now', Priority: 'Normal', Status: 'Not Started' }]);
    await apply({ ...base, kind: 'close-task', id: 'k3', about, taskId, description: 'Moot: converted' });
    expect(tasks()).toMatchObject([{ Status: 'Completed', Description: 'Moot: converted' }]);
  });

  it('applies several changes of one record in order, in calls that name it once', async () => {
    const results = await apply(
      setting('k1', { Rating: 'Cold', Title: 'CEO' }),
      setting('k2', { Rating: 'Warm' }),
      setting('k3', { Rating: 'Hot' }),
    );
    expect(outcomes(results)).toEqual(['applied', 'applied', 'applied']);
    expect(leadNow()).toMatchObject({ Rating: 'Hot', Title: 'CEO' });
  });

  it('keeps later changes of a record behind one that has to be tried again', async () => {
    org.admin.fault({ kind: 'rowLock' });
    expect(await apply(setting('k1', { Rating: 'Cold' }), setting('k2', { Rating: 'Hot' }))).toMatchObject([
      { failure: 'retryable', code: 'UNABLE_TO_LOCK_ROW' },
      { failure: 'retryable', code: 'SBX_SALESFORCE_BEHIND' },
    ]);
    expect(leadNow().Rating).toBeNull();
  });

  it('answers conflict when the record has moved on, and already-applied when it was this write that moved it', async () => {
    const seen = '2020-01-01T00:00:00.000Z';
    expect(await apply(setting('k1', { Rating: 'Hot' }, seen))).toMatchObject([{ failure: 'conflict' }]);
    const version = String(leadNow().SystemModstamp);
    expect(outcomes(await apply(setting('k2', { Rating: 'Hot' }, version)))).toEqual(['applied']);
    expect(outcomes(await apply(setting('k2', { Rating: 'Hot' }, seen)))).toEqual(['already-applied']);
  });

  it('comes back as an event of our own', async () => {
    const stopping = new AbortController();
    await apply(setting('k1', { Rating: 'Hot' }));
    const options = { start: { from: 'earliest' }, maxInFlight: 10, signal: stopping.signal } as const;
    const origins: string[] = [];
    for await (const delivery of connection.source.subscribe('/data/LeadChangeEvent', options)) {
      const natives = delivery.kind === 'event' ? [delivery.native] : [];
      const context = { tenant: 't', connection: 'c', org: connection.org, mapping: {} };
      const events = await Promise.all(natives.map((native) => salesforce.normalise(native, context)));
      origins.push(...events.flat().map(({ origin }) => origin));
      if (origins.length === 2) stopping.abort();
    }
    expect(origins).toEqual(['external', 'self']);
  });
});

describe('check', () => {
  it('proves token, topics, key field and limits', async () => {
    const other = await connect({
      subscribe: ['/data/LeadChangeEvent', '/event/Nope__e'],
      taskKeyField: 'Other_Key__c',
    });
    const findings = await other.check(signal);
    await other.close();
    const byWhat = new Map(findings.map(({ what, level }) => [what, level]));
    expect(byWhat.get('topic /data/LeadChangeEvent')).toBe('ok');
    expect(byWhat.get('topic /event/Nope__e')).toBe('error');
    expect(byWhat.get('field Task.Other_Key__c')).toBe('error');
    expect(findings.filter(({ level }) => level === 'error').every(({ fix }) => fix !== undefined)).toBe(true);
    expect((await connection.check(signal)).every(({ level }) => level === 'ok')).toBe(true);
  });
});
