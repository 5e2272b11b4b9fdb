import { generateKeyPairSync } from 'node:crypto';
import { type RunningSalesforce, startSalesforce } from '../../simulators/salesforce';
import { Permanent, Retryable } from '../contract';
import { RateGovernor } from '../kit/rate';
import { Authenticator } from './auth';
import { Rest } from './jsforce-connection';
import type { RecordNative } from './native';
import { normalise } from './normalise';
import { type ReaderOptions, RestReader } from './reader';

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { signal } = new AbortController();

let org: RunningSalesforce;
let rest: Rest;

beforeEach(async () => {
  org = await startSalesforce({ apps: { integration: { publicKeyPem: publicKey } } });
  const { clientId, clientSecret } = org.clients.integration!;
  const credentials = { kind: 'client-credentials', clientId, clientSecret } as const;
  const auth = new Authenticator({ auth: credentials, loginUrl: org.baseUrl, baseUrl: org.baseUrl, now: Date.now });
  rest = new Rest(await auth.session(), {
    auth,
    apiVersion: '62.0',
    governor: new RateGovernor({ requestsPerSecond: 1000 }),
  });
});

afterEach(() => org.stop());

const readerOf = (options: Partial<ReaderOptions> = {}): RestReader =>
  new RestReader(rest, { now: Date.now, bulkAbove: 10_000, ...options });

/** Requests of the day so far. */
const usage = (): number => org.admin.requests();

const createLead = (n: number): string => org.admin.create('Lead', { LastName: `L${n}`, Company: 'Acme' });

async function changed(reader: RestReader, stream: string): Promise<RecordNative[]> {
  const [from, to] = [Date.now() - 60_000, Date.now() + 60_000].map((at) => new Date(at).toISOString());
  const found: RecordNative[] = [];
  for await (const native of reader.changed(stream, from!, to!, signal)) found.push(native);
  return found;
}

describe('RestReader', () => {
  it('neither skips nor repeats records of one instant at the edge of a page', async () => {
    const leads = Array.from({ length: 25 }, (_, n) => createLead(n));
    const found = await changed(readerOf({ pageRows: 4 }), '/data/LeadChangeEvent');
    expect(found.map(({ fields }) => fields.Id)).toEqual(leads);
  });

  it('reads more ids than one call takes, and leaves out what is gone', async () => {
    const leads = Array.from({ length: 205 }, (_, n) => createLead(n));
    org.admin.remove(leads[0]!);
    const found = await readerOf().read('Lead', leads, signal);
    expect(found.map(({ fields }) => fields.Id)).toEqual(leads.slice(1));
    expect(found[0]).toMatchObject({ kind: 'record', nativeType: 'Lead', fields: { Company: 'Acme' } });
  });

  it('has nothing for a platform event, and refuses a channel that does not name its objects', async () => {
    const reader = readerOf();
    expect(await changed(reader, '/event/Payment__e')).toEqual([]);
    await expect(changed(reader, '/data/ChangeEvents')).rejects.toBeInstanceOf(Permanent);
  });

  it("tells a busy server as Retryable with the server's delay", async () => {
    org.admin.fault({ kind: 'serverUnavailable', retryAfter: 1 });
    const reading = readerOf().read('Lead', [createLead(0)], signal);
    await expect(reading).rejects.toBeInstanceOf(Retryable);
    await expect(reading).rejects.toMatchObject({ afterMs: 1000 });
  });

  it('reads many records by a job of the Bulk API: the same natives, pages, deletions and types', async () => {
    const leads = Array.from({ length: 12 }, (_, n) =>
      org.admin.create('Lead', {
        LastName: `Lopez "${n}",\nJr.`,
        Company: 'Acme',
        AnnualRevenue: n === 0 ? null : 1234.5 + n,
      }),
    );
    org.admin.remove(leads[3]!);
    const byPages = await changed(readerOf(), '/data/LeadChangeEvent');
    const before = usage();
    const byJob = await changed(readerOf({ bulkAbove: 11 }), '/data/LeadChangeEvent');
    expect(usage() - before).toBeGreaterThanOrEqual(6);
    const context = { tenant: 't', connection: 'c', org: 'o', mapping: {} };
    const events = async (natives: readonly RecordNative[]) =>
      (await Promise.all(natives.map((native) => normalise(native, context)))).flat();
    expect(await events(byJob)).toEqual(await events(byPages));
    expect(byJob[1]?.fields).toMatchObject({ AnnualRevenue: 1235.5, IsDeleted: false });
    expect(byJob[3]?.fields).toMatchObject({ IsDeleted: true });
  });

  it('follows the locator of results to the end, and leaves no job behind', async () => {
    const admin = org.admin;
    const leads = Array.from({ length: 10_005 }, (_, n) =>
      admin.create('Lead', { LastName: `L${n}`, Company: 'Acme' }),
    );
    const found = await changed(readerOf({ bulkAbove: 10_000 }), '/data/LeadChangeEvent');
    expect(found.map(({ fields }) => fields.Id)).toEqual(leads);
    expect(admin.jobs()).toEqual([]);
  });

  it('tells a failed job as Retryable, and ends it when nobody wants the rest', async () => {
    createLead(0);
    createLead(1);
    org.admin.fault({ kind: 'bulkFailure' });
    await expect(changed(readerOf({ bulkAbove: 0 }), '/data/LeadChangeEvent')).rejects.toMatchObject({
      code: 'SBX_SALESFORCE_BULK',
    });
    const [from, to] = [Date.now() - 60_000, Date.now() + 60_000].map((at) => new Date(at).toISOString());
    for await (const native of readerOf({ bulkAbove: 0 }).changed('/data/LeadChangeEvent', from!, to!, signal)) {
      expect(native.nativeType).toBe('Lead');
      break;
    }
    expect(org.admin.jobs()).toEqual([]);
  });
});
