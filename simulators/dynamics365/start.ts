import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningDynamics365 } from './api';
import { issueToken } from './oauth/entra';
import { Tokens } from './oauth/tokens';
import type { Dynamics365Options } from './options';

/** First slice: tokens and WhoAmI work; the admin comes with the tables. */
export const startDynamics365 = async (options: Dynamics365Options = {}): Promise<RunningDynamics365> => {
  const directoryId = options.directoryId ?? randomUUID();
  const clientId = options.clientId ?? randomUUID();
  const clientSecret = options.clientSecret ?? randomBytes(30).toString('base64url');
  const [organizationId, applicationUserId, businessUnitId] = [randomUUID(), randomUUID(), randomUUID()];
  const tokens = new Tokens(directoryId, options.tokenLifeMs ?? 3_599_000);
  let baseUrl = '';
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const url = new URL(request.url ?? '/', baseUrl);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const [directory = '', ...rest] = url.pathname.split('/').slice(1);
    if (rest.join('/') === 'oauth2/v2.0/token') {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      const context = { tokens, directoryId, clientId, clientSecret, audiences: [baseUrl] };
      return issueToken(context, directory, form, request.headers.authorization ?? '');
    }
    if (tokens.find((request.headers.authorization ?? '').replace(/^Bearer /, ''), baseUrl) === undefined) {
      return { status: 401, body: undefined };
    }
    if (!url.pathname.endsWith('/WhoAmI')) return { status: 404, body: undefined };
    const body = { BusinessUnitId: businessUnitId, UserId: applicationUserId, OrganizationId: organizationId };
    return { status: 200, body };
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stopped = new Promise<void>((resolve) => server.once('close', resolve));
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await stopped;
  };
  return {
    baseUrl,
    tokenUrl: `${baseUrl}/${directoryId}/oauth2/v2.0/token`,
    directoryId,
    clientId,
    clientSecret,
    scope: `${baseUrl}/.default`,
    organizationId,
    applicationUserId,
    adminUrl: `${baseUrl}/simulator`,
    stopped,
    stop,
  } as RunningDynamics365;
};
