import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ConnectorError, Retryable, type InboundReply, type InboundRequest, type Log } from '../connectors/contract';
import type { Connections } from '../activities/connections';
import { Answers } from './answers';
import { authority, type ListenAddress } from './listen-address';
import type { Door, ReceiverAddress } from './service';

/**
 * A larger body is refused. What one event may become is limited by Temporal, which takes no payload above 2 MiB
 * (`limit.blobSize.error`); the largest that CRMs send is 1 MB (SAP Event Mesh; Dataverse cuts at 256 KB).
 */
export const maxBodyBytes = 2 * 1024 * 1024;

/** What one process takes upon itself before anybody has proved who is calling. */
export interface DoorLimits {
  /** Within it a request is read, or refused as too slow; in ms. */
  readonly readWithinMs: number;
  /** Within it a request is answered, or put off. */
  readonly answerWithinMs: number;
  /** Requests whose bodies may be in memory at once. */
  readonly underWay: number;
}

/** The longest that a request is under way, ms. */
export const maxAnswerMs = 10_000;

/** Microsoft Graph waits 10 s for an answer, Dataverse 60 s. 200 bodies are 400 MiB at most. */
const usual: DoorLimits = { readWithinMs: 8_000, answerWithinMs: maxAnswerMs, underWay: 200 };

/** What a sender is told to wait where nobody knows better. */
const retryAfterMs = 5_000;

/** What the door needs of the process. */
export interface DoorDependencies {
  readonly connections: Pick<Connections, 'of' | 'pushed'>;
  readonly log: Log;
}

/** `/in/<tenant>/<connection>` and what follows it. */
interface Named {
  readonly Params: { readonly tenant: string; readonly connection: string };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Opens the door where a tenant has a connection that is pushed to; undefined where none has. Rejects with the fix where the
 * address cannot be had. A sender is answered by its connection's receiver, which has kept what it was sent.
 */
export async function openDoor(
  deps: DoorDependencies,
  address: ListenAddress,
  limits: DoorLimits = usual,
): Promise<Door | undefined> {
  const pushed = deps.connections.pushed();
  return pushed.length === 0 ? undefined : new HttpDoor(deps, limits).open(address);
}

class HttpDoor {
  private readonly answers: Answers;
  private underWay = 0;
  private isStopping = false;

  constructor(
    private readonly deps: DoorDependencies,
    private readonly limits: DoorLimits,
  ) {
    this.answers = new Answers(deps.log);
  }

  async open(address: ListenAddress): Promise<Door> {
    const server = this.server();
    try {
      await server.listen({ host: address.host, port: address.port });
    } catch (error) {
      this.answers.close();
      throw cannotListen(address, error as NodeJS.ErrnoException);
    }
    const { port } = server.server.address() as AddressInfo;
    const base = `http://${authority({ host: address.host, port })}/in`;
    const receivers = (): readonly ReceiverAddress[] =>
      this.deps.connections.pushed().map((one) => ({ ...one, url: `${base}/${place(one)}` }));
    for (const receiver of receivers()) this.deps.log.info({ ...receiver }, 'receiving');
    return {
      get receivers() {
        return receivers();
      },
      answered: (tenant, connection) => this.answers.of(tenant === '*' ? '*' : place({ tenant, connection })),
      stop: async () => {
        this.isStopping = true;
        // Lets requests under way finish; the limits end those that do not.
        await server.close();
        this.answers.close();
      },
    };
  }

  private server(): FastifyInstance {
    const { readWithinMs } = this.limits;
    const server = fastify({
      bodyLimit: maxBodyBytes,
      requestTimeout: readWithinMs,
      // Node takes the longer of the two for the whole request, and by default looks only every 30 s.
      http: {
        requestTimeout: readWithinMs,
        headersTimeout: readWithinMs,
        connectionsCheckingInterval: Math.min(1_000, readWithinMs),
      },
      exposeHeadRoutes: false,
    });
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    server.setErrorHandler((error: Error, request, reply) => this.refuse(error, request, reply));
    server.setNotFoundHandler((_request, reply) => nothingHere(reply));
    server.addHook('onResponse', (request, reply, done) => {
      if (request.routeOptions.url !== '/healthz') this.answers.add(this.whereOf(request), reply.statusCode);
      done();
    });
    server.addHook('onSend', async (_request, reply) => {
      // A connection that is kept for another request would hold the stop up.
      if (this.isStopping) reply.header('connection', 'close');
      return Promise.resolve();
    });
    server.get('/healthz', () => ({ status: 'up' }));
    for (const url of ['/in/:tenant/:connection', '/in/:tenant/:connection/*']) {
      server.route<Named>({
        method: methods,
        url,
        onRequest: (request, reply) => this.admit(request, reply),
        handler: (request, reply) => this.receive(request, reply),
      });
    }
    return server;
  }

  /** Before the body is read: strangers cost nothing. */
  private async admit(request: FastifyRequest<Named>, reply: FastifyReply): Promise<void> {
    if (!this.knows(place(request.params))) return nothingHere(reply);
    if (this.underWay >= this.limits.underWay) return later(reply, 1_000);
    this.underWay += 1;
    // Also when the sender went away.
    reply.raw.once('close', () => (this.underWay -= 1));
  }

  private async receive(request: FastifyRequest<Named>, reply: FastifyReply): Promise<void> {
    const { tenant, connection } = request.params;
    const answering = this.answerOf(tenant, connection, inbound(request));
    const { status, headers = {}, body } = await within(this.limits.answerWithinMs, answering);
    await reply.code(status).headers(headers).send(body);
  }

  private async answerOf(tenant: string, connection: string, request: InboundRequest): Promise<InboundReply> {
    const { receiver } = (await this.deps.connections.of(tenant, connection)).connection;
    if (receiver === undefined) throw new Error('the connector says that it is pushed to, and has no receiver');
    return receiver.receive(request);
  }

  private async refuse(
    error: Error & Partial<FastifyError>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (error instanceof Retryable) {
      this.deps.log.warn({ where: this.whereOf(request), code: error.code }, error.message);
      return later(reply, error.afterMs ?? retryAfterMs);
    }
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return say(reply.code(status), refusals[status] ?? 'the request is not valid');
    const reference = randomUUID();
    this.deps.log.error(
      { where: this.whereOf(request), reference, ...traceOf(error) },
      'a request could not be received',
    );
    return say(reply.code(500), `could not be received; the reason is in the log under ${reference}`, reference);
  }

  /** Only names that are configured: others are what anybody sends. */
  private whereOf({ params }: FastifyRequest): string {
    const where = place(params as Partial<Named['Params']>);
    return this.knows(where) ? where : '*';
  }

  /** As the tenants' files say at the time. */
  private knows(where: string): boolean {
    return this.deps.connections.pushed().some((one) => place(one) === where);
  }
}

const refusals: Readonly<Record<number, string>> = {
  408: 'the request did not come in time',
  413: `the body is larger than ${maxBodyBytes} bytes`,
  415: 'the content type is not valid',
};

/** An answer that comes later is dropped: the sender comes again, and what it sent twice has the same ids. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Retryable('SBX_RECEIVE_LATE', `the receiver did not answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function place({ tenant, connection }: Partial<Named['Params']>): string {
  return `${tenant ?? ''}/${connection ?? ''}`;
}

function inbound({ method, url, headers, body }: FastifyRequest): InboundRequest {
  const [, path = '', query = ''] = /^\/in\/[^/?]+\/[^/?]+([^?]*)(?:\?(.*))?$/s.exec(url) ?? [];
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.isBuffer(body) ? body : new Uint8Array(),
  };
}

/** Where nobody is: the same words for an unknown tenant, an unknown connection and one that is not pushed to. */
async function nothingHere(reply: FastifyReply): Promise<void> {
  return say(reply.code(404), 'there is nothing here');
}

async function later(reply: FastifyReply, ms: number): Promise<void> {
  return say(reply.code(503).header('retry-after', Math.ceil(ms / 1_000)), 'cannot be kept now: send it again');
}

async function say(reply: FastifyReply, message: string, reference?: string): Promise<void> {
  await reply
    .type('application/json')
    .send(JSON.stringify({ message, ...(reference === undefined ? {} : { reference }) }));
}

/** Where it went wrong. The words of an error that is not ours may repeat what was sent: they stay out. */
function traceOf(error: Error): Readonly<Record<string, unknown>> {
  if (error instanceof ConnectorError) return { code: error.code, error: error.message };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const { code } = error as NodeJS.ErrnoException;
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    at: frames.slice(0, 8).map((frame) => frame.trim()),
  };
}

function cannotListen(address: ListenAddress, error: NodeJS.ErrnoException): Error {
  const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
  return new Error(
    `cannot listen on ${authority(address)} for CRMs that push: ${why}. Stop it, or give another address with ` +
      '`--listen HOST:PORT` or SIGNALBOX_LISTEN.',
    { cause: error },
  );
}
