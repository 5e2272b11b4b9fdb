import type { Action } from '../../../canonical-schema/action';
import { type RunningSap, startSap } from '../../../simulators/sap';
import { noInbox } from '../../kit/no-inbox';
import { sap } from '..';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
let system: RunningSap;

beforeEach(async () => {
  system = await startSap();
});
afterEach(() => system.stop());

const connect = (product: 's4' | 'c4c', more: object = {}) =>
  sap.connect(
    {
      product,
      baseUrl: product === 's4' ? system.s4Url : system.c4cUrl,
      auth: { kind: 'basic', username: system.basicUser, password: system.basicPassword },
      requestsPerSecond: 500,
      ...more,
    },
    { log: silent, now: Date.now, inbox: noInbox },
  );

const note = (id: string, about: Action['about'], text = 'Why\n+ Pays monthly'): Action => ({
  ...{ kind: 'add-note', id, tenantid: 'acme', connection: 'erp', decisionid: 'd1', about },
  note: { title: 'Likely to leave', text },
});

describe('in Cloud for Customer', () => {
  const texts = (set = 'CorporateAccountTextCollection') => system.admin.notes(set);
  const newAccount = (): string =>
    system.admin.create('CorporateAccountCollection', { Name: 'Maier', RoleCode: 'CRM000' });

  it('a note is a text of the record, with its title and the key of its action', async () => {
    const { sink } = await connect('c4c');
    const about = { entity: 'account', id: newAccount() };
    const [result] = await sink.apply([note('n1', about)], signal());
    expect(result).toMatchObject({ outcome: 'applied' });
    expect(texts()).toMatchObject([
      { ParentObjectID: about.id, LanguageCode: 'EN', Text: 'Likely to leave\n\nWhy\n+ Pays monthly\nNote n1' },
    ]);
    const [again, other] = await sink.apply([note('n1', about), note('n2', about)], signal());
    expect(again).toMatchObject({ outcome: 'already-applied', nativeId: (result as { nativeId: string }).nativeId });
    expect(other).toMatchObject({ outcome: 'applied' });
    expect(texts()).toHaveLength(2);
  });

  it('a note whose answer was lost is found', async () => {
    const { sink } = await connect('c4c');
    const about = { entity: 'account', id: newAccount() };
    system.admin.fault({ kind: 'dropResponse' });
    expect(await sink.apply([note('n1', about)], signal())).toMatchObject([{ failure: 'retryable' }]);
    expect(await sink.apply([note('n1', about)], signal())).toMatchObject([{ outcome: 'already-applied' }]);
    expect(texts()).toHaveLength(1);
  });

  it('two processes that write one at once leave one', async () => {
    // Another spelling of the host: the locks of one process do not hold between the two.
    const other = { baseUrl: system.c4cUrl.replace('127.0.0.1', '127.1') };
    const sinks = [await connect('c4c'), await connect('c4c', other)].map(({ sink }) => sink);
    const about = { entity: 'account', id: newAccount() };
    const results = await Promise.all(sinks.map((sink) => sink.apply([note('n1', about)], signal())));
    expect(new Set(results.flat().map((result) => (result as { nativeId: string }).nativeId)).size).toBe(1);
    expect(texts()).toHaveLength(1);
  });

  it('a note at a ticket is an internal one', async () => {
    const { sink } = await connect('c4c');
    const id = system.admin.create('ServiceRequestCollection', { Name: 'It smokes' });
    expect(await sink.apply([note('n1', { entity: 'case', id })], signal())).toMatchObject([{ outcome: 'applied' }]);
    expect(texts('ServiceRequestDescriptionCollection')).toMatchObject([
      { ParentObjectID: id, TypeCode: '10011', TypeCodeText: 'Internal Memo' },
    ]);
  });

  it('what has no notes, or is not there, is refused', async () => {
    const { sink } = await connect('c4c');
    const results = await sink.apply(
      [note('n1', { entity: 'order', id: '1' }), note('n2', { entity: 'account', id: 'F'.repeat(32) })],
      signal(),
    );
    expect(results).toMatchObject([
      { failure: 'permanent', code: 'SBX_SAP_NOT_WRITABLE' },
      { failure: 'permanent', message: expect.stringContaining('does not exist') as string },
    ]);
  });
});

describe('in S/4HANA', () => {
  const newCustomer = (customer: string): string => {
    if (customer !== '') system.admin.create('A_Customer', { Customer: customer });
    const partner = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Maier', Customer: customer };
    return system.admin.create('A_BusinessPartner', partner);
  };
  const texts = () => system.admin.records('A_CustomerText');

  it('a note is added to the text of the customer, above what stands there', async () => {
    const { sink } = await connect('s4');
    const about = { entity: 'account', id: newCustomer('0000001000') };
    const [first] = await sink.apply([note('n1', about)], signal());
    expect(first).toMatchObject({
      outcome: 'applied',
      nativeId: "Customer='0000001000',Language='EN',LongTextID='0001'",
    });
    const results = await sink.apply([note('n2', about, 'Newer'), note('n1', about)], signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'already-applied']);
    expect(texts()).toMatchObject([
      {
        Customer: '0000001000',
        LongText: ['Likely to leave\n\nNewer\nNote n2', 'Likely to leave\n\nWhy\n+ Pays monthly\nNote n1'].join('\n\n'),
      },
    ]);
  });

  it('a note whose answer was lost is found', async () => {
    const { sink } = await connect('s4');
    const about = { entity: 'account', id: newCustomer('0000001000') };
    system.admin.fault({ kind: 'dropResponse' });
    expect(await sink.apply([note('n1', about)], signal())).toMatchObject([{ failure: 'retryable' }]);
    expect(await sink.apply([note('n1', about)], signal())).toMatchObject([{ outcome: 'already-applied' }]);
    expect(String(texts()[0]?.LongText).match(/Note n1/g)).toHaveLength(1);
  });

  it('the text and its language are the connection’s', async () => {
    const { sink } = await connect('s4', { note: { textId: '0002', language: 'DE' } });
    await sink.apply([note('n1', { entity: 'account', id: newCustomer('0000001000') })], signal());
    expect(texts()).toMatchObject([{ Language: 'DE', LongTextID: '0002' }]);
  });

  it('a business partner that is no customer, is not there, or is another record is refused', async () => {
    const { sink } = await connect('s4');
    const results = await sink.apply(
      [
        note('n1', { entity: 'account', id: newCustomer('') }),
        note('n2', { entity: 'account', id: '404' }),
        note('n3', { entity: 'order', id: '1' }),
      ],
      signal(),
    );
    expect(results).toMatchObject([
      { failure: 'permanent', code: 'SBX_SAP_NO_CUSTOMER' },
      { failure: 'permanent', code: 'SBX_SAP_RECORD_UNKNOWN' },
      { failure: 'permanent', code: 'SBX_SAP_NOT_WRITABLE' },
    ]);
  });
});
