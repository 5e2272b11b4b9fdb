import { X509Certificate } from 'node:crypto';
import {
  connect,
  constants,
  createSecureServer,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ServerIdentity } from '../../simulators/kit/tls/certificate';

/** gRPC's UNAUTHENTICATED. */
const unauthenticated = '16';

/** Who is let through. */
export interface Admission {
  readonly apiKey: string;
  /** The certificate that a client has to show, PEM. */
  readonly clientCertPem: string;
}

/** A Temporal server as a company has it: behind TLS, for clients with a certificate and an API key. */
export interface TemporalGateway {
  /** `host:port` */
  readonly address: string;
  /** Calls that were let through. */
  readonly passed: () => number;
  stop(): Promise<void>;
}

/** Opens such a front before a plain server; gRPC passes it call by call, unchanged. */
export async function openTemporalGateway(
  plain: string,
  { certPem, keyPem }: ServerIdentity,
  { apiKey, clientCertPem }: Admission,
): Promise<TemporalGateway> {
  const wanted = new X509Certificate(clientCertPem).fingerprint256;
  const upstream = connect(`http://${plain}`);
  const server = createSecureServer({ key: keyPem, cert: certPem, requestCert: true, rejectUnauthorized: false });
  let passed = 0;
  server.on('stream', (stream, headers) => {
    const { fingerprint256 } = (stream.session?.socket as TLSSocket).getPeerCertificate();
    if (headers.authorization !== `Bearer ${apiKey}` || fingerprint256 !== wanted) {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': unauthenticated },
        { endStream: true },
      );
      return;
    }
    passed += 1;
    pass(stream, upstream.request(onwards(headers)));
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
    for (const session of sessions) session.destroy();
    upstream.destroy();
    await closed;
  };
  return { address: `127.0.0.1:${port}`, passed: () => passed, stop };
}

function onwards(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { ':authority': authority, ...rest } = headers;
  return authority === undefined ? headers : { ...rest, ':scheme': 'http' };
}

function pass(stream: ServerHttp2Stream, call: ClientHttp2Stream): void {
  let trailers: IncomingHttpHeaders = {};
  stream.pipe(call);
  call.on('response', (headers, flags) => {
    const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(headers, isWhole ? { endStream: true } : { waitForTrailers: true });
    call.pipe(stream);
  });
  call.on('trailers', (told: IncomingHttpHeaders) => {
    trailers = told;
  });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.on('close', () => {
    call.close(constants.NGHTTP2_CANCEL);
  });
  for (const end of [stream, call]) end.on('error', () => undefined);
}
