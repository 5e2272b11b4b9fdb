import type { Action } from '../../canonical-schema/action';
import type { Connection } from '../contract';
import { sap } from '.';
import { hasCap } from '../../simulators/sap/cap/start';
import { base, type CapBench, createCase, createTask, idOf, signal, startBench } from '../../test/cap-bench';
import type { Fields } from './json';
import type { RowNative, SapNative } from './native';
import type { Request } from './odata/session';

const title = 'on SAP CAP';
const skipped = `${title} (skipped: its packages are not here, see simulators/sap/README.md)`;

(hasCap ? describe : describe.skip)(hasCap ? title : skipped, () => {
  let bench: CapBench;

  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.cap.stop());

  describe('tasks', () => {
    it('are made once, changed and closed', async () => {
      const { sink } = await bench.connect('c4c');
      const about = { entity: 'account', id: await bench.newAccount() };
      const [made] = await sink.apply([createTask("sbx:it's", about.id)], signal());
      expect(made).toMatchObject({ outcome: 'applied' });
      const taskId = idOf(made);
      const byKey = () => bench.all('c4c/TaskCollection', "SignalboxKey_KUT eq 'sbx:it''s'");
      expect(await byKey()).toMatchObject([
        {
          ObjectID: taskId,
          Subject: "Call Maier's",
          PriorityCode: '2',
          Status: '1',
          DueDateTime: '2026-03-03T09:00:00Z',
          MainAccountPartyID: '1000234',
        },
      ]);
      const texts = () => bench.all('c4c/TaskTextCollection', `ParentObjectID eq '${taskId}'`);
      expect(await texts()).toMatchObject([{ TypeCode: '10002', Text: 'Why\n+ 88 % – ü' }]);
      const [again] = await sink.apply([createTask("sbx:it's", about.id)], signal());
      const [other] = await (
        await bench.connect('c4c', bench.elsewhere())
      ).sink.apply([createTask("sbx:it's", about.id)], signal());
      expect([again, other]).toMatchObject([
        { outcome: 'already-applied', nativeId: taskId },
        { outcome: 'already-applied', nativeId: taskId },
      ]);
      const changes: Action[] = [
        {
          ...base,
          about,
          kind: 'update-task',
          id: 'u1',
          taskId,
          task: { subject: 'Call now', description: 'It moved' },
        },
        { ...base, about, kind: 'close-task', id: 'u2', taskId, description: 'It is moot' },
      ];
      expect(await sink.apply(changes, signal())).toMatchObject([{ outcome: 'applied' }, { outcome: 'applied' }]);
      expect(await byKey()).toMatchObject([{ Subject: 'Call now', Status: '3', PriorityCode: '2' }]);
      expect(await texts()).toMatchObject([{ TypeCode: '10002', Text: 'It is moot' }]);
      const gone: Action = { ...base, about, kind: 'close-task', id: 'u3', taskId: 'NOBODY', description: '' };
      expect(await sink.apply([gone], signal())).toMatchObject([{ outcome: 'failed', failure: 'gone' }]);
    });

    it('are one where two processes make one at once', async () => {
      const sinks = [await bench.connect('c4c'), await bench.connect('c4c', bench.elsewhere())].map(({ sink }) => sink);
      const account = await bench.newAccount();
      for (let n = 0; n < 3; n++) {
        const results = await Promise.all(
          sinks.map((sink) => sink.apply([createTask(`twice-${n}`, account)], signal())),
        );
        expect(new Set(results.flat().map(idOf)).size).toBe(1);
        expect(await bench.all('c4c/TaskCollection', `SignalboxKey_KUT eq 'twice-${n}'`)).toHaveLength(1);
      }
    });
  });

  describe('a batch', () => {
    it('with a change set that fails makes all the others, each once', async () => {
      const { sink } = await bench.connect('c4c');
      const account = await bench.newAccount();
      const actions = ['SRRQ', 'NONE', 'SRRQ', 'NONE', 'SRRQ'].map((type, n) =>
        createCase(`batch-${n}`, account, type),
      );
      const results = await sink.apply(actions, signal());
      expect(results.map((result) => result.outcome)).toEqual(['applied', 'failed', 'applied', 'failed', 'applied']);
      expect(results[1]).toMatchObject({
        failure: 'permanent',
        message: expect.stringContaining('SRRQ, ZSRV') as string,
      });
      const made = await bench.all('c4c/ServiceRequestCollection', "startswith(SignalboxKey_KUT,'batch-')");
      expect(made.map(({ SignalboxKey_KUT: key }) => key).toSorted()).toEqual(['batch-0', 'batch-2', 'batch-4']);
    });

    it('undoes a change set of which one change fails', async () => {
      const { sink } = await bench.connect('c4c');
      const account = await bench.newAccount();
      const caseId = idOf((await sink.apply([createCase('atomic', account)], signal()))[0]);
      const change = (id: string): Request => ({
        ...{ method: 'PATCH', path: `ServiceRequestCollection('${id}')`, headers: { 'If-Match': '*' } },
        body: JSON.stringify({ Name: 'Changed' }),
      });
      const service = '/sap/c4c/odata/v1/c4codataapi';
      const parts = [[change(caseId), change('NOBODY')], [change('NOBODY'), change(caseId)], [change('NOBODY')]];
      const answers = await bench.client().batch(
        service,
        parts.map((changes) => ({ changes })),
        signal(),
      );
      expect(answers.map((each) => each.map(({ status }) => status))).toEqual([[404], [404], [404]]);
      expect(await bench.all('c4c/ServiceRequestCollection', `ObjectID eq '${caseId}'`)).toMatchObject([
        { Name: 'Pump 7' },
      ]);
    });
  });

  describe('fields', () => {
    const set = (id: string, value: string, expectedVersion?: string): Action => ({
      ...{ ...base, kind: 'set-fields', id: `set-${value}`, about: { entity: 'account', id } },
      fields: { AdditionalName: value },
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    });

    it('are set in the version that was expected, and in no other', async () => {
      const { sink, reader } = await bench.connect('c4c');
      const id = await bench.newAccount();
      const versionOf = async (): Promise<string> => {
        const [{ fields }] = (await reader.read('Account', [id], signal())) as readonly RowNative[] as [RowNative];
        return (fields.__metadata as { readonly etag: string }).etag;
      };
      const first = await versionOf();
      expect(await sink.apply([set(id, 'one', first)], signal())).toMatchObject([{ outcome: 'applied' }]);
      expect(await sink.apply([set(id, 'two', first)], signal())).toMatchObject([{ failure: 'conflict' }]);
      // The same again: its answer was lost.
      expect(await sink.apply([set(id, 'one', first)], signal())).toMatchObject([{ outcome: 'already-applied' }]);
      expect(await sink.apply([set(id, 'two', await versionOf())], signal())).toMatchObject([{ outcome: 'applied' }]);
      expect(await bench.all('c4c/CorporateAccountCollection', `ObjectID eq '${id}'`)).toMatchObject([
        { AdditionalName: 'two' },
      ]);
    });

    it('are set in one session, begun again once where it was lost', async () => {
      const { sink } = await bench.connect('c4c');
      const ids = await Promise.all(['A', 'B', 'C'].map((name) => bench.newAccount(name)));
      const since = async (start: number): Promise<readonly string[]> => (await bench.cap.requests()).slice(start);
      const start = (await since(0)).length;
      for (const id of ids)
        expect(await sink.apply([set(id, 'one')], signal())).toMatchObject([{ outcome: 'applied' }]);
      const [token, batch] = ['GET', 'POST'].map((method) => `${method} /sap/c4c/odata/v1/c4codataapi/`) as [
        string,
        string,
      ];
      const begun = [token, 'fetch'];
      expect(await since(start)).toEqual([...begun, ...Array<string>(3).fill(`${batch}$batch`)]);
      await bench.cap.dropSessions();
      const lost = (await since(0)).length;
      const results = await Promise.all(ids.map((id) => sink.apply([set(id, 'two')], signal())));
      expect(results.flat()).toMatchObject(ids.map(() => ({ outcome: 'applied' })));
      expect(await since(lost)).toEqual([`${batch}$batch`, ...begun, `${batch}$batch`]);
    });
  });

  it('a check finds services and sets, and wrong credentials are told as such', async () => {
    const found = await (await bench.connect('s4', { subscribe: ['events'] })).check(signal());
    expect(found.filter(({ what }) => what.startsWith('service'))).toEqual([
      { level: 'ok', what: 'service /sap/opu/odata/sap/API_BUSINESS_PARTNER' },
      { level: 'ok', what: 'service /sap/opu/odata/sap/API_SALES_ORDER_SRV' },
    ]);
    const auth = { kind: 'basic', username: bench.cap.user, password: 'wrong' };
    const wrong = await bench.connect('c4c', { auth });
    expect(await wrong.sink.apply([createTask('wrong', 'x')], signal())).toMatchObject([{ failure: 'auth' }]);
    expect((await wrong.check(signal())).filter(({ level }) => level === 'error')).toContainEqual(
      expect.objectContaining({ why: expect.stringMatching(/^401/) as string }),
    );
  });

  describe('notes', () => {
    const note = (id: string, about: Action['about']): Action => ({
      ...{ ...base, kind: 'add-note', id, about },
      note: { title: 'Likely to leave', text: 'Why\n+ Pays monthly' },
    });

    it('of Cloud for Customer are written once', async () => {
      const { sink } = await bench.connect('c4c');
      const about = { entity: 'account', id: await bench.newAccount() };
      for (const outcome of ['applied', 'already-applied']) {
        expect(await sink.apply([note('n1', about)], signal())).toMatchObject([{ outcome }]);
      }
      expect(await bench.all('c4c/CorporateAccountTextCollection', `ParentObjectID eq '${about.id}'`)).toMatchObject([
        { LanguageCode: 'EN', Text: 'Likely to leave\n\nWhy\n+ Pays monthly\nNote n1' },
      ]);
    });

    it('of S/4HANA stand in the text of the customer, the newest first', async () => {
      const { sink } = await bench.connect('s4');
      const partner = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Maier', Customer: '0000100234' };
      const { BusinessPartner: id } = await bench.cap.make('business-partner/A_BusinessPartner', partner);
      const about = { entity: 'account', id: id as string };
      for (const [key, outcome] of [
        ['n1', 'applied'],
        ['n2', 'applied'],
        ['n1', 'already-applied'],
      ] as const) {
        expect(await sink.apply([note(key, about)], signal())).toMatchObject([{ outcome }]);
      }
      const [text] = await bench.all('business-partner/A_CustomerText', "Customer eq '0000100234'");
      expect(String(text?.LongText).match(/Note n\d/g)).toEqual(['Note n2', 'Note n1']);
    });
  });

  describe('reading', () => {
    /** What is told as changed since an instant, in its order. */
    async function changed(connection: Connection<SapNative>, from: string): Promise<readonly Fields[]> {
      const found: Fields[] = [];
      const to = new Date(Date.now() + 60_000).toISOString();
      for await (const row of connection.reader.changed('events', from, to, signal()))
        found.push((row as RowNative).fields);
      return found;
    }
    const textsOf = (rows: readonly Fields[], field: string): readonly string[] =>
      rows.map((row) => String(row[field]));

    it('finds rows by their keys, over several pages', async () => {
      const { reader } = await bench.connect('c4c');
      const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => bench.newAccount(`Of eight ${n}`)));
      const rows = (await reader.read('Account', [...ids, 'NOBODY'], signal())) as readonly RowNative[];
      expect(
        textsOf(
          rows.map(({ fields }) => fields),
          'ObjectID',
        ).toSorted(),
      ).toEqual(ids.toSorted());
    });

    it('tells what changed since an instant, the oldest first, over several pages', async () => {
      const from = new Date().toISOString();
      const ids: string[] = [];
      for (let n = 0; n < 8; n++) ids.push(await bench.newAccount(`Changed ${n}`));
      const connection = await bench.connect('c4c', { objects: ['Account', 'Task'] });
      await connection.sink.apply([createTask('in-between', ids[0]!)], signal());
      const rows = await changed(connection, from);
      expect(textsOf(rows, 'Name').slice(0, 8)).toEqual(Array.from({ length: 8 }, (_, n) => `Changed ${n}`));
      expect(rows.slice(8)).toMatchObject([{ Subject: "Call Maier's" }]);
      const last = rows.at(-1)!;
      const [event] = await sap.normalise({ kind: 'row', nativeType: 'Task', fields: last, own: [] }, about);
      expect(event?.data.record).toMatchObject({ subject: "Call Maier's", due: '2026-03-03T09:00:00.000Z' });
    });

    const about = { tenant: 't', connection: 'c', org: 'o', mapping: {} };
    const partner = (name: string, more: object = {}) =>
      bench.cap.make('business-partner/A_BusinessPartner', {
        BusinessPartnerCategory: '2',
        OrganizationBPName1: name,
        ...more,
      });

    it('of business partners brings their addresses, and when they were made', async () => {
      const addresses = [{ AddressID: '77', CityName: 'Ulm', Country: 'DE' }];
      const given = { to_BusinessPartnerAddress: addresses, CreationDate: '2026-03-02', CreationTime: '13:05:09' };
      const { BusinessPartner: id } = await partner('With an address', given);
      await bench.cap.make('business-partner/A_AddressEmailAddress', {
        ...{ AddressID: '77', Person: '', OrdinalNumber: '1' },
        ...{ IsDefaultEmailAddress: true, EmailAddress: 'day@example.com' },
      });
      const { reader } = await bench.connect('s4');
      const [row] = (await reader.read('BusinessPartner', [id as string], signal())) as readonly RowNative[];
      expect(row?.fields.to_BusinessPartnerAddress).toMatchObject({
        results: [{ CityName: 'Ulm', to_EmailAddress: { results: [{ EmailAddress: 'day@example.com' }] } }],
      });
      const [event] = await sap.normalise(row!, about);
      expect(event?.data.record).toMatchObject({ id, name: 'With an address', createdAt: '2026-03-02T13:05:09.000Z' });
    });

    it('of business partners tells those that were changed and those that never were, by their day', async () => {
      const before = new Date(Date.now() - 1000).toISOString();
      const made: unknown[] = [];
      for (let n = 0; n < 5; n++) made.push((await partner(`Since ${n}`)).BusinessPartner);
      const connection = await bench.connect('s4', { objects: ['BusinessPartner'] });
      const set: Action = {
        ...{ ...base, kind: 'set-fields', id: 'hot', about: { entity: 'account', id: made[2] as string } },
        fields: { SearchTerm2: 'HOT' },
      };
      expect(await connection.sink.apply([set], signal())).toMatchObject([{ outcome: 'applied' }]);
      const rows = await changed(connection, before);
      expect(textsOf(rows, 'BusinessPartner').toSorted()).toEqual(expect.arrayContaining(made));
      expect(new Set(textsOf(rows, 'BusinessPartner')).size).toBe(rows.length);
    });
  });
});
