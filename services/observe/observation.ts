import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../connectors/contract';
import { authority, type ListenAddress } from '../listen-address';
import { projectRoot } from '../project-root';
import { refresh } from './figures';
import { Observer } from './observer';
import { checks, Readiness, type Parts, type Reason } from './readiness';
import type { Door } from '../service';

/** Where Prometheus' own exporters for OpenTelemetry listen; this machine only. */
export const defaultMetrics: ListenAddress = { host: '127.0.0.1', port: 9464 };

/** A process's answer to whether it is ready. */
export interface Verdict {
  readonly ready: boolean;
  /** Empty where it is. */
  readonly reasons: readonly Reason[];
}

interface Attached {
  readonly parts: Parts;
  readonly readiness: Readiness;
  readonly door: () => Door | undefined;
}

/**
 * What a process tells about itself, over HTTP on an address of its own: `/metrics`, `/healthz`, `/readyz`. Opened first and
 * closed last, so that a start that does not come to its end can be seen, too.
 */
export class Observation {
  private attached: Attached | undefined;
  private isStopping = false;
  private readonly server: Server;
  private address = defaultMetrics;

  constructor(
    private readonly log: Log,
    readonly observer: Observer = new Observer(),
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.log.error({ err: String(error) }, 'a question about the process could not be answered');
        if (!response.headersSent) reply(response, 500, json({ message: 'the reason is in the log' }));
      });
    });
  }

  /** Rejects with the fix where the address cannot be had. The default gives way to a free port where it is taken. */
  async open(wanted: ListenAddress = defaultMetrics): Promise<this> {
    const isDefault = wanted.host === defaultMetrics.host && wanted.port === defaultMetrics.port;
    try {
      await this.listen(wanted);
    } catch (error) {
      if (!isDefault || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cannotListen(wanted, error);
      await this.listen({ ...wanted, port: 0 });
    }
    const { port } = this.server.address() as AddressInfo;
    this.address = { host: wanted.host, port };
    return this;
  }

  /** `http://127.0.0.1:9464` */
  get url(): string {
    return `http://${authority(this.address)}`;
  }

  /** The start is finished: from now on readiness is asked of these. */
  attach(parts: Parts, door: () => Door | undefined): void {
    const version = versionOf();
    this.observer.metrics.build.set({ version, roles: parts.roles.join(' ') }, 1);
    this.attached = { parts, readiness: new Readiness(parts), door };
  }

  /** The end has begun: not ready any more. */
  stopping(): void {
    this.isStopping = true;
  }

  async verdict(): Promise<Verdict> {
    const reasons = await this.reasons();
    const { ready, check } = this.observer.metrics;
    for (const name of checks) check.set({ check: name }, reasons.some((reason) => reason.check === name) ? 0 : 1);
    ready.set(reasons.length === 0 ? 1 : 0);
    return { ready: reasons.length === 0, reasons };
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async reasons(): Promise<readonly Reason[]> {
    if (this.isStopping) return [{ check: 'process', what: 'the process is ending' }];
    if (this.attached === undefined) return [{ check: 'process', what: 'the start is not finished' }];
    return this.attached.readiness.reasons();
  }

  private async answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') {
      reply(response, 405, json({ message: 'only GET' }));
      return;
    }
    switch (url.split('?')[0]) {
      case '/healthz':
        reply(response, 200, json({ status: 'up' }));
        break;
      case '/readyz': {
        const verdict = await this.verdict();
        reply(response, verdict.ready ? 200 : 503, json(verdict));
        break;
      }
      case '/metrics': {
        const { contentType: type } = this.observer.metrics.registry;
        reply(response, 200, { type, text: await this.metrics() });
        break;
      }
      default:
        reply(response, 404, json({ message: 'there are /metrics, /healthz and /readyz' }));
    }
  }

  private async metrics(): Promise<string> {
    await this.verdict();
    if (this.attached !== undefined && !this.isStopping) {
      const { parts, readiness, door } = this.attached;
      await refresh(parts, readiness, door());
    }
    return this.observer.metrics.text();
  }

  private listen({ host, port }: ListenAddress): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
  }
}

function json(value: unknown): { readonly type: string; readonly text: string } {
  return { type: 'application/json', text: `${JSON.stringify(value)}\n` };
}

function reply(response: ServerResponse, status: number, body: { readonly type: string; readonly text: string }): void {
  response.writeHead(status, { 'content-type': body.type, 'cache-control': 'no-store' }).end(body.text);
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function cannotListen(address: ListenAddress, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'EADDRINUSE' ? 'something else listens there' : message;
  return new Error(
    `cannot tell metrics on ${authority(address)}: ${why}. Give another address with \`--metrics HOST:PORT\` or ` +
      'SIGNALBOX_METRICS (port 0 for a free one), or `off`.',
    { cause: error },
  );
}
