import type { KnownOf, KnownPage, Ledger } from './ledger';
import { sampleBatch, sampleEvent } from './sample.fixture';

/** What holds for the records that a CRM is asked about, over any database. */
export function testKnownRecords(it: jest.It, given: () => { readonly ledger: Ledger; readonly tenant: string }): void {
  it('pages through the records that a connection told of, without deleted ones, other kinds, ids, organisations and connections', async () => {
    const { ledger, tenant } = given();
    const about = (n: number): string => `lead/00Q00000000000${n}AAA`;
    const told = sampleBatch(
      'b1',
      [1, 2, 3, 4, 5, 6, 7].map((n) => {
        const event = sampleEvent(tenant, n, about(n));
        const { data, source } = event;
        if (n === 5) return { ...event, connection: 'other' };
        if (n === 6) return { ...event, source: `${source}-elsewhere` };
        return n === 7 ? { ...event, data: { ...data, record: { ...data.record, nativeType: 'Case' } } } : event;
      }),
    );
    const records = told.records.map((record, n) => ({ ...record, deleted: n === 1 }));
    await ledger.recordBatch(tenant, { ...told, records });
    const of = { connection: 'sales', source: sampleEvent(tenant, 1).source, nativeType: 'Lead', idPrefix: '00Q' };
    const pagesOf = async (which: KnownOf): Promise<readonly (readonly string[])[]> => {
      const pages: (readonly string[])[] = [];
      for (let after: string | undefined = ''; after !== undefined;) {
        const page: KnownPage = await ledger.knownRecords(tenant, which, after, 2);
        pages.push(page.ids);
        after = page.next;
      }
      return pages;
    };
    const id = (n: number): string => `00Q00000000000${n}AAA`;
    expect(await pagesOf(of)).toEqual([[id(1)], [id(3), id(4)], [], []]);

    const [past, future] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
    const before = sampleEvent(tenant, 4).time;
    expect(await pagesOf({ ...of, late: { since: past, before } })).toEqual([[id(1)], [id(3)]]);
    expect(await pagesOf({ ...of, late: { since: future, before: future } })).toEqual([[]]);
  });
}
