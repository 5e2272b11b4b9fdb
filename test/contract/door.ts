import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Retryable, type Connection, type InboundRequest } from '../../connectors/contract';

/** A connection's address on HTTP, for a CRM that pushes. */
export interface Door {
  /** `http://127.0.0.1:<port>/in/contract/main` */
  readonly url: string;
  /** The connection whose receiver answers from now on. */
  open(connection: Connection<unknown>): void;
  close(): Promise<void>;
}

const base = '/in/contract/main';

/** Opens a door on a free port; it answers 503 as long as no connection is behind it. */
export async function openDoor(): Promise<Door> {
  let behind: Connection<unknown> | undefined;
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const inbound = await inboundOf(request);
      const reply = (await behind?.receiver?.receive(inbound)) ?? { status: 503 };
      response.writeHead(reply.status, { ...reply.headers }).end(reply.body);
    };
    answer().catch((error: unknown) => {
      response.writeHead(error instanceof Retryable ? 503 : 500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base}`,
    open: (connection) => (behind = connection),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function inboundOf(request: IncomingMessage): Promise<InboundRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://door');
  return {
    method: request.method ?? 'GET',
    path: pathname.slice(base.length),
    query: searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks),
  };
}
