import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { authority, type ListenAddress } from '../listen-address';
import type { Service } from '../service';
import type { Encryption } from './encryption';

const { Payloads } = temporal.api.common.v1;

/** What Temporal's web page asks in one go may hold a whole history. */
const bodyLimit = 64 * 1024 * 1024;

/** Who may have payloads decrypted, and where. */
export interface CodecServerOptions {
  readonly codec: Encryption;
  readonly listen: ListenAddress;
  /** Web pages that may ask: the origin of Temporal's, `http://127.0.0.1:8080`. */
  readonly origins: readonly string[];
  /** Asked for as `Authorization: Bearer …`; absent: whoever reaches the address may ask. */
  readonly token?: string | undefined;
}

/** A running codec server. */
export interface CodecServer extends Service {
  /** Its base: what Temporal's page is told as the codec endpoint. */
  readonly url: string;
}

/**
 * Decrypts payloads for Temporal's web page and command line, by the HTTP protocol of their codec servers: `POST /decode` with
 * `{payloads}` as JSON of the protocol buffer. It encrypts nothing. Rejects where the address cannot be had.
 */
export async function openCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const server = fastify({ bodyLimit });
  server.addHook('onRequest', (request, reply) => admit(options, request, reply));
  server.options('/decode', (_, reply) => reply.code(204).send());
  server.post('/decode', async ({ body }, reply) => {
    const payloads = payloadsIn(body);
    if (payloads === undefined) return refuse(reply, 400, 'this is not {"payloads": [{"metadata": {…}, "data": "…"}]}');
    try {
      return { payloads: (await options.codec.decode(payloads)).map(asJson) };
    } catch (error) {
      return refuse(reply, 422, error instanceof Error ? error.message : String(error));
    }
  });
  await server.listen({ host: options.listen.host, port: options.listen.port });
  return { url: urlOf(server, options.listen), stop: () => server.close() };
}

/** The rules of browsers for other origins, and the token. A preflight carries none. */
async function admit(
  { origins, token }: CodecServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { origin, authorization } = request.headers;
  if (origin !== undefined) {
    if (!origins.includes(origin))
      return refuse(reply, 403, `${origin} is not among the origins that may ask (--origin)`);
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, x-namespace',
      vary: 'origin',
    });
  }
  if (token === undefined || request.method === 'OPTIONS') return;
  if (!isSame(authorization ?? '', `Bearer ${token}`))
    await refuse(reply, 401, 'the Authorization is not the one that is asked for');
}

async function refuse(reply: FastifyReply, code: number, message: string): Promise<void> {
  await reply.code(code).send({ message });
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function payloadsIn(body: unknown): Payload[] | undefined {
  if (typeof body !== 'object' || body === null || !('payloads' in body) || !Array.isArray(body.payloads))
    return undefined;
  try {
    return Payloads.fromObject(body).payloads;
  } catch {
    return undefined;
  }
}

function asJson({ metadata, data }: Payload): unknown {
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
    data: base64(data ?? new Uint8Array()),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function urlOf(server: FastifyInstance, { host }: ListenAddress): string {
  const { port } = server.server.address() as AddressInfo;
  return `http://${authority({ host, port })}`;
}
