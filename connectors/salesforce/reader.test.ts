import { generateKeyPairSync } from 'node:crypto';
import { type RunningSalesforce, startSalesforce } from '../../simulators/salesforce';
import { Permanent, Retryable } from '../contract';
import { RateGovernor } from '../kit/rate';
import { Authenticator } from './auth';
import { Rest } from './jsforce-connection';
import type { RecordNative } from './native';
import { RestReader } from './reader';

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
    const found = await changed(new RestReader(rest, Date.now, 4), '/data/LeadChangeEvent');
    expect(found.map(({ fields }) => fields.Id)).toEqual(leads);
  });

  it('reads more ids than one call takes, and leaves out what is gone', async () => {
    const leads = Array.from({ length: 205 }, (_, n) => createLead(n));
    org.admin.remove(leads[0]!);
    const found = await new RestReader(rest, Date.now).read('Lead', leads, signal);
    expect(found.map(({ fields }) => fields.Id)).toEqual(leads.slice(1));
    expect(found[0]).toMatchObject({ kind: 'record', nativeType: 'Lead', fields: { Company: 'Acme' } });
  });

  it('has nothing for a platform event, and refuses a channel that does not name its objects', async () => {
    const reader = new RestReader(rest, Date.now);
    expect(await changed(reader, '/event/Payment__e')).toEqual([]);
    await expect(changed(reader, '/data/ChangeEvents')).rejects.toBeInstanceOf(Permanent);
  });

  it("tells a busy server as Retryable with the server's delay", async () => {
    org.admin.fault({ kind: 'serverUnavailable', retryAfter: 1 });
    const reading = new RestReader(rest, Date.now).read('Lead', [createLead(0)], signal);
    await expect(reading).rejects.toBeInstanceOf(Retryable);
    await expect(reading).rejects.toMatchObject({ afterMs: 1000 });
  });
});
