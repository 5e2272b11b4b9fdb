import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Action, CreateTask } from '../canonical-schema/action';
import type { Connection } from '../connectors/contract';
import { sap } from '../connectors/sap';
import type { SapConfig } from '../connectors/sap/config';
import type { SapNative } from '../connectors/sap/native';
import { projectRoot } from '../services/project-root';
import { type RunningRfc, startRfc } from '../simulators/sap/rfc/system';
import { MemoryInbox } from './contract/memory-inbox';

// The library is loaded by a process, so it is the compiled one that is tested here.
const standIn = path.join(projectRoot, 'dist', 'simulators', 'sap', 'rfc', 'node-rfc.js');
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const customer = '0000100234';
export const signal = (): AbortSignal => AbortSignal.timeout(25_000);

/** A system for RFC, and connections to it that write by BAPI; new for each test. */
export interface RfcLine {
  readonly system: RunningRfc;
  readonly inbox: MemoryInbox;
  readonly connect: (more?: Partial<NonNullable<SapConfig['rfc']>>) => Promise<Connection<SapNative>>;
  /** How often a function was called. */
  readonly called: (name: string) => number;
  readonly stop: () => Promise<void>;
}

export async function startRfcLine(): Promise<RfcLine> {
  if (!existsSync(standIn)) throw new Error(`${standIn} is missing: run npm run build`);
  process.env.SIGNALBOX_NODE_RFC = standIn;
  const system = await startRfc();
  const inbox = new MemoryInbox();
  const opened: Connection<SapNative>[] = [];
  return {
    system,
    inbox,
    connect: async (more = {}) => {
      const connection = await sap.connect(configOf(system, more), { log: silent, now: Date.now, inbox });
      opened.push(connection);
      return connection;
    },
    called: (name) => system.calls.filter((call) => call.endsWith(` ${name}`)).length,
    stop: async () => {
      delete process.env.SIGNALBOX_NODE_RFC;
      for (const connection of opened) await connection.close();
      await system.stop();
    },
  };
}

function configOf({ url, user, password }: RunningRfc, more: Partial<NonNullable<SapConfig['rfc']>>): SapConfig {
  return {
    product: 's4',
    // OData is not open there.
    baseUrl: 'http://127.0.0.1:9',
    auth: { kind: 'basic', username: 'x', password: 'y' },
    subscribe: ['events'],
    write: 'bapi',
    rfc: {
      connection: { ashost: url, sysnr: '00', client: '100', user, passwd: password },
      activity: { fields: { ACTIVITY_TYPE: '0001', SALESORG: '1000' } },
      timeoutSeconds: 5,
      ...more,
    },
  };
}

export function task(id = 'sbx:d1:create-task', about = customer): CreateTask {
  return {
    kind: 'create-task',
    id,
    tenantid: 'acme',
    connection: 'erp',
    decisionid: 'd1',
    about: { entity: 'account', id: about },
    task: {
      subject: 'Call',
      description: `Because\n${'x'.repeat(200)}`,
      due: '2026-03-03T09:00:00.000Z',
      priority: 'high',
    },
  };
}

/** Tries as the worker does, until the action is not to be tried again. */
export async function tried({ sink }: Connection<SapNative>, action: Action = task()): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (;;) {
    const [result] = await sink.apply([action], signal());
    if (result?.outcome !== 'failed') return [...outcomes, result?.outcome ?? 'none'];
    outcomes.push(result.code);
    if (result.failure !== 'retryable') return outcomes;
    // The process is started again only after its delay.
    await new Promise((resolve) => setTimeout(resolve, result.retryAfterMs ?? 0));
  }
}
