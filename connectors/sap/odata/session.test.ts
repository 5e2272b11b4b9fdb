import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateGovernor } from '../../kit/rate';
import { Credentials } from './credentials';
import { Session, type Request } from './session';

/** A system that begins a session for each request that brings none. */
class System {
  readonly #tokens = new Map<string, string>();
  sessions = 0;
  fetches = 0;
  refusals = 0;
  readonly server = createServer((request, response) => {
    this.#answer(request, response);
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every session, and counts anew. */
  forget(): void {
    this.#tokens.clear();
    [this.sessions, this.fetches, this.refusals] = [0, 0, 0];
  }

  #answer({ method, headers }: IncomingMessage, response: ServerResponse): void {
    const token = this.#tokenOf(headers.cookie);
    const asked = headers['x-csrf-token'];
    const isSound = method === 'GET' || (token !== undefined && token === asked);
    const own = token ?? this.#begin(response);
    if (asked === 'Fetch') this.fetches += 1;
    if (!isSound) this.refusals += 1;
    response.setHeader('x-csrf-token', isSound ? own : 'Required');
    response.writeHead(isSound ? 200 : 403).end('{}');
  }

  #tokenOf(cookie = ''): string | undefined {
    return this.#tokens.get(/SAP_SESSIONID=([\w-]+)/.exec(cookie)?.[1] ?? '');
  }

  #begin(response: ServerResponse): string {
    this.sessions += 1;
    const id = randomUUID();
    const token = `token-${id}`;
    this.#tokens.set(id, token);
    response.setHeader('set-cookie', `SAP_SESSIONID=${id}; path=/; HttpOnly`);
    return token;
  }
}

const read: Request = { method: 'GET', path: '/service/Things' };
const write: Request = { method: 'POST', path: '/service/Things', body: '{}' };
const system = new System();
let session: Session;

beforeAll(async () => {
  const credentials = new Credentials({ kind: 'basic', username: 'signalbox', password: 'secret' }, Date.now);
  const governor = new RateGovernor({ requestsPerSecond: 1_000 });
  session = new Session({ baseUrl: await system.start(), credentials, governor });
});
afterAll(() => {
  system.server.closeAllConnections();
  return new Promise((resolve) => system.server.close(resolve));
});

const sendAll = (requests: readonly Request[]): Promise<readonly number[]> =>
  Promise.all(
    requests.map(
      async (request) => (await session.send(request, '/service/', 'write', AbortSignal.timeout(10_000))).status,
    ),
  );
const many = [read, write, write, read, write, write, write];

test('reads and writes that begin at once share one session, whose token is fetched once', async () => {
  expect(await sendAll(many)).toEqual(many.map(() => 200));
  expect(system).toMatchObject({ sessions: 1, fetches: 1, refusals: 0 });
});

test('a session that the system has ended is left by all, for one whose token is fetched once', async () => {
  system.forget();
  expect(await sendAll(many)).toEqual(many.map(() => 200));
  expect(system.fetches).toBe(1);
  system.forget();
  // One after the other: whoever writes first notices, and nobody after it is refused.
  for (const request of [write, write, read, write]) expect(await sendAll([request])).toEqual([200]);
  expect(system).toMatchObject({ fetches: 1, refusals: 1 });
});
