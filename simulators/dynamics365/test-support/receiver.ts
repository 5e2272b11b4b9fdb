import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came in. */
export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An endpoint that keeps what it is sent and answers with the next status set, 200 where none is left. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Statuses of the next answers, one each; 0 leaves the request without an answer. */
  readonly statuses: number[];
  /** Called with each request before it is answered. */
  before: (request: Received) => Promise<void> | void;
  readonly stop: () => Promise<void>;
}

/** Starts an endpoint on the loopback interface. */
export const startReceiver = async (): Promise<Receiver> => {
  const received: Received[] = [];
  const statuses: number[] = [];
  const receiver: Pick<Receiver, 'before'> = { before: () => undefined };
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const one = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      await receiver.before(one);
      const status = statuses.shift() ?? 200;
      if (status !== 0) response.writeHead(status).end('ignored');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
    server.closeAllConnections();
    await closed;
  };
  return Object.assign(receiver, { url, received, statuses, stop });
};
