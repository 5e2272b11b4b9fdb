import type { StreamingExtension as Extensions } from 'jsforce/lib/api/streaming';
import { StreamingExtension } from 'jsforce/lib/api/streaming';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';

interface Reply {
  readonly channel: string;
  readonly successful?: boolean;
  readonly clientId?: string;
  readonly error?: string;
  readonly advice?: { readonly reconnect: string };
  readonly data?: { readonly event: { readonly replayId: number }; readonly payload: Record<string, unknown> };
}

const channel = '/data/LeadChangeEvent';
let org: OrgUnderTest;
let cookie = '';

beforeEach(async () => {
  org = await startOrg({ pollMs: 100, sessionMs: 200, platformEvents: [{ name: 'Note__e', fields: [] }] });
  cookie = '';
});
afterEach(() => org.stop());

/** One request as a client without any library makes it. */
async function post(message: object, scheme = 'OAuth'): Promise<{ status: number; text: string; replies: Reply[] }> {
  const response = await fetch(`${org.salesforce.baseUrl}/cometd/62.0`, {
    method: 'POST',
    headers: { authorization: `${scheme} ${org.connection.accessToken}`, 'content-type': 'application/json', cookie },
    body: JSON.stringify([message]),
  });
  cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
  const text = await response.text();
  return { status: response.status, text, replies: JSON.parse(text) as Reply[] };
}

async function handshake(): Promise<string> {
  const { replies } = await post({
    channel: '/meta/handshake',
    version: '1.0',
    supportedConnectionTypes: ['long-polling'],
  });
  return replies[0]?.clientId ?? '';
}

const connect = (clientId: string) => post({ channel: '/meta/connect', clientId, connectionType: 'long-polling' });
const subscribe = (clientId: string, replay?: unknown, subscription = channel) =>
  post({
    channel: '/meta/subscribe',
    clientId,
    subscription,
    ...(replay === undefined ? {} : { ext: { replay: { [subscription]: replay } } }),
  });
const createLead = (name: string): string => org.salesforce.admin.create('Lead', { LastName: name, Company: 'Acme' });

describe('the Streaming API', () => {
  it('serves the client of jsforce, with its replay extension', async () => {
    createLead('Day');
    const replay: Extensions.Replay = new StreamingExtension.Replay(channel, -2);
    const client = org.connection.streaming.createClient([replay]) as unknown as {
      subscribe(channel: string, listener: (data: Reply['data']) => void): void;
      disconnect(): PromiseLike<void>;
    };
    const data = await new Promise<Reply['data']>((resolve) => {
      client.subscribe(channel, resolve);
    });
    await client.disconnect();
    expect(data?.payload).toMatchObject({ Name: { LastName: 'Day' }, ChangeEventHeader: { changeType: 'CREATE' } });
  });

  it('tells only what changed, null where emptied, dates as text, and the commit number with all digits', async () => {
    const lead = createLead('Day');
    org.salesforce.admin.update(lead, { Phone: '123', AnnualRevenue: 5 });
    org.salesforce.admin.update(lead, { Phone: null });
    const id = await handshake();
    await subscribe(id, -2);
    const { text, replies } = await connect(id);
    const bodies = replies.flatMap(({ data }) => (data === undefined ? [] : [data.payload]));
    expect(bodies[0]).toMatchObject({ CreatedDate: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    expect(Object.keys(bodies[1] ?? {})).toEqual(expect.not.arrayContaining(['Name', 'Company', 'CreatedDate']));
    expect(bodies[1]).toMatchObject({ Phone: '123', AnnualRevenue: 5 });
    expect(bodies[2]).toMatchObject({ Phone: null });
    expect(bodies[2]?.['ChangeEventHeader']).not.toHaveProperty('nulledFields');
    expect(text).toMatch(/"commitNumber":1720911231762341\d{3}[,}]/);
  });

  it('resumes after a replay id, and refuses one that it no longer keeps', async () => {
    createLead('Day');
    createLead('Night');
    const id = await handshake();
    await subscribe(id, -2);
    const [, first] = (await connect(id)).replies;
    const after = await handshake();
    await subscribe(after, first?.data?.event.replayId);
    const events = (await connect(after)).replies.filter(({ data }) => data !== undefined);
    expect(events.map(({ data }) => data?.payload['Name'])).toEqual([{ LastName: 'Night' }]);
    org.salesforce.admin.fault({ kind: 'expiredReplayId' });
    const { replies } = await subscribe(after, first?.data?.event.replayId);
    expect(replies[0]?.error).toMatch(/^400::The replayId \{\d+\} you provided was invalid/);
  });

  it('knows no scheme but OAuth, no expired token, and no client without its cookie', async () => {
    const hello = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };
    expect((await post(hello, 'Bearer')).replies[0]).toMatchObject({
      successful: false,
      error: '403::Handshake denied',
    });
    const id = await handshake();
    cookie = 'none=1';
    expect((await connect(id)).replies[0]).toMatchObject({
      error: '403::Unknown client',
      advice: { reconnect: 'handshake' },
    });
    org.salesforce.admin.fault({ kind: 'tokenExpiry' });
    expect((await post(hello)).replies[0]).toMatchObject({
      error: '401::Authentication invalid',
      advice: { reconnect: 'none' },
    });
  });

  it('forgets a client that does not poll, and one on request', async () => {
    const id = await handshake();
    expect((await connect(id)).replies[0]).toMatchObject({ successful: true });
    org.salesforce.admin.fault({ kind: 'unknownClient' });
    expect((await connect(id)).replies[0]).toMatchObject({ error: '403::Unknown client' });
    const idle = await handshake();
    const until = Date.now() + 5000;
    let error: string | undefined;
    // Subscribing does not keep a session alive: only polling does.
    while (error === undefined && Date.now() < until) error = (await subscribe(idle, -1)).replies[0]?.error;
    expect(error).toBe('403::Unknown client');
  });

  it('answers a WebSocket with 405, and an unknown channel with an error', async () => {
    const { status } = await fetch(`${org.salesforce.baseUrl}/cometd/62.0`);
    expect(status).toBe(405);
    const id = await handshake();
    expect((await subscribe(id, -1, '/data/Nothing')).replies[0]?.error).toMatch(/^404::/);
    expect((await subscribe(id, null)).replies[0]?.error).toMatch(/wasn't found using the provided replay ID map/);
  });
});
