import { connect } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../../connectors/contract';
import { validityOf } from '../../connectors/kit/certificates';

interface Peer {
  readonly host: string;
  readonly port: number;
}

const ports: Readonly<Record<string, number>> = { 'https:': 443, 'wss:': 443, 'amqps:': 5671 };

/**
 * How long the certificates of the servers hold that a connection's settings name, its own public address among them. Whether they
 * are trusted, and that a server is not there, the connection's own check tells.
 * @param now ms since the epoch
 */
export async function checkPeers(config: unknown, now: number, signal: AbortSignal): Promise<readonly Finding[]> {
  const peers = new Map(peersIn(config).map((peer) => [`${peer.host}:${peer.port}`, peer]));
  const found = await Promise.all(
    [...peers].map(async ([name, peer]) => {
      const certificate = await certificateOf(peer, signal);
      const fix = `have the certificate of ${name} renewed by whoever runs it, or correct the address`;
      return certificate === undefined ? [] : [validityOf(`certificate of ${name}`, certificate, now, fix)];
    }),
  );
  return found.flat();
}

/** Addresses with TLS, wherever they stand in the settings. */
function peersIn(value: unknown, name = ''): readonly Peer[] {
  if (typeof value === 'string') return peerOf(name, value);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => peersIn(inner, key));
}

function peerOf(name: string, value: string): readonly Peer[] {
  // gRPC names a server without a scheme.
  const [, host, port] = name.endsWith('Endpoint') ? (/^([\w.-]+):(\d+)$/.exec(value) ?? []) : [];
  if (host !== undefined) return [{ host, port: Number(port) }];
  if (!/^(https|wss|amqps):\/\//.test(value) || !URL.canParse(value)) return [];
  const { protocol, hostname, port: written } = new URL(value);
  return [{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(written) || (ports[protocol] ?? 443) }];
}

/** What a server shows, trusted or not; undefined where no TLS is to be had there. */
function certificateOf({ host, port }: Peer, signal: AbortSignal): Promise<X509Certificate | undefined> {
  return new Promise((resolve) => {
    const isName = /[a-z]/i.test(host) && !host.includes(':');
    const socket = connect({ host, port, rejectUnauthorized: false, ...(isName ? { servername: host } : {}) });
    const end = (certificate?: X509Certificate): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(certificate);
    };
    const abort = (): void => {
      end();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', abort);
    socket.once('close', abort);
    socket.once('secureConnect', () => {
      end(socket.getPeerX509Certificate());
    });
  });
}
