import { databases } from '../test/database';
import { mostHolders } from './customer';
import { type KeyHolder, type Ledger, type RecordToKeep } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { sampleBatch, sampleEvent, sequence } from './sample.fixture';

/** Each connection is another CRM's. */
const of = (connection: string, subject: string) => ({ source: `/tenants/acme/${connection}/1`, subject, connection });

const lead: KeyHolder = { ...of('sales', 'lead/L1'), own: ['email:m'], shared: [] };
const contact: KeyHolder = { ...of('erp', 'contact/C1'), own: ['email:m'], shared: ['customer:7'] };
const account: KeyHolder = { ...of('erp', 'account/A1'), own: ['customer:7'], shared: [] };
const order: KeyHolder = { ...of('erp', 'order/O1'), own: [], shared: ['customer:7'] };
const twin: KeyHolder = { ...lead, subject: 'lead/L2' };

describe.each(databases)('identity in the ledger over $name', (where) => {
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  let batches = 0;
  beforeEach(() => {
    ({ ledger, tenant } = over);
  });

  const record = (n: number, ...holders: readonly KeyHolder[]): Promise<void> =>
    ledger.recordBatch(tenant, {
      ...sampleBatch(`b${++batches}`, []),
      records: holders.map(({ source, subject, ...keys }): RecordToKeep => {
        const { data } = sampleEvent(tenant, n, subject);
        return { source, subject, sequence: sequence(n), record: data.record, native: {}, deleted: false, keys };
      }),
    });
  const members = async (subject: string): Promise<readonly string[]> =>
    ((await ledger.customer(tenant, subject))?.members ?? []).map((one) => one.subject);

  it('finds the order of the account of the contact who is the lead, and tells by which rules', async () => {
    await record(1, order, account, contact, lead);
    expect(await ledger.customer(tenant, 'lead/L1')).toEqual({
      members: [
        { ...of('erp', 'account/A1'), by: ['customer'] },
        { ...of('erp', 'contact/C1'), by: ['customer', 'email'] },
        { ...of('erp', 'order/O1'), by: ['customer'] },
      ],
      unjoined: [],
    });
    expect(await members('order/O1')).toEqual(['account/A1', 'contact/C1', 'lead/L1']);
    expect(await ledger.customer(tenant, 'L1')).toEqual(await ledger.customer(tenant, 'lead/L1'));
  });

  it('does not join by a key that two records of one CRM have as their own, and tells it', async () => {
    await record(1, account, contact, lead);
    await record(1, twin);
    const unjoined = [{ rule: 'email', because: 'several', subjects: ['contact/C1', 'lead/L1', 'lead/L2'] }];
    expect(await ledger.customer(tenant, 'lead/L1')).toEqual({ members: [], unjoined });
    expect(await ledger.listUnjoined(tenant)).toEqual(unjoined);
    await record(2, { ...twin, own: [] });
    expect(await members('lead/L1')).toEqual(['account/A1', 'contact/C1']);
    expect(await ledger.listUnjoined(tenant)).toEqual([]);
  });

  it('does not join two customers by what both share', async () => {
    const other: KeyHolder = { ...of('erp', 'account/A2'), own: ['customer:8'], shared: [] };
    await record(1, account, other, { ...order, shared: ['customer:7', 'customer:8'] });
    expect(await members('account/A1')).toEqual(['order/O1']);
    expect(await members('account/A2')).toEqual(['order/O1']);
    expect(await members('order/O1')).toEqual(['account/A1', 'account/A2']);
  });

  it('does not join by a key that more records have than a customer', async () => {
    const leads = Array.from({ length: mostHolders + 1 }, (_, n): KeyHolder => {
      return { ...of('sales', `lead/M${n}`), own: [], shared: ['email:noreply'] };
    });
    await record(1, ...leads.slice(1), { ...contact, own: ['email:noreply'] });
    expect(await ledger.customer(tenant, 'contact/C1')).toMatchObject({ members: [], unjoined: [{ because: 'many' }] });
    expect(await ledger.listUnjoined(tenant)).toMatchObject([{ rule: 'email', because: 'many' }]);
  });

  it('keeps the keys of the newest state, whichever comes first', async () => {
    await record(1, contact);
    await record(5, { ...lead, own: [] });
    await record(3, lead);
    expect(await members('contact/C1')).toEqual([]);
    await record(6, lead);
    expect(await members('contact/C1')).toEqual(['lead/L1']);
  });

  it("forgets the keys with the record, and does not see another tenant's", async () => {
    await record(1, contact, lead);
    const mine = tenant;
    tenant = `${mine}-other`;
    await record(1, account);
    expect(await members('account/A1')).toEqual([]);
    tenant = mine;
    expect(await members('lead/L1')).toEqual(['contact/C1']);
    const soon = new Date(Date.now() + 60_000).toISOString();
    await ledger.purge(tenant, { eventsBefore: soon, decisionsBefore: '2000-01-01T00:00:00Z' });
    expect(await ledger.customer(tenant, 'lead/L1')).toBeUndefined();
    expect(await ledger.listUnjoined(tenant)).toEqual([]);
  });
});
