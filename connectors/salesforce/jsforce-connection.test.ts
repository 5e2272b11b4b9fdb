import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateGovernor } from '../kit/rate';
import { Authenticator } from './auth';
import { Rest } from './jsforce-connection';
import { RestFailure } from './rest-failure';

const { signal } = new AbortController();

/** A server that grants every token and refuses it everywhere else, as an org does whose user was frozen. */
async function refusing(seen: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    const isToken = request.url === '/services/oauth2/token';
    if (!isToken) seen.push(`${request.method} ${request.headers.authorization}`);
    const body = isToken
      ? {
          access_token: `token-${seen.length}`,
          id: 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA',
        }
      : [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
    request.resume().on('end', () => {
      response.writeHead(isToken ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('the REST connection', () => {
  it('asks once more with a new token and then gives up, rather than ask for ever', async () => {
    const seen: string[] = [];
    const server = await refusing(seen);
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { kind: 'client-credentials', clientId: 'c', clientSecret: 's' } as const;
    const auth = new Authenticator({ auth: options, loginUrl: baseUrl, baseUrl, now: Date.now });
    const governor = new RateGovernor({ requestsPerSecond: 1000 });
    const rest = new Rest(await auth.session(), { auth, apiVersion: '62.0', governor });
    try {
      const failure: unknown = await rest.writeCollection('POST', [], signal).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RestFailure);
      expect(failure).toMatchObject({ status: 401, error: { code: 'INVALID_SESSION_ID' } });
      expect(seen).toEqual(['POST Bearer token-0', 'POST Bearer token-1']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
