import type { Action, CreateCase, CreateTask } from '../canonical-schema/action';
import { type RunningSap, type SapOptions, startSap } from '../simulators/sap';
import { sap } from '../connectors/sap';
import type { Connection } from '../connectors/contract';
import { noInbox } from '../connectors/kit/no-inbox';
import type { SapNative } from '../connectors/sap/native';

export const signal = (): AbortSignal => AbortSignal.timeout(20_000);

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts a landscape whose V2 tenant has the fields that the tests write. */
export function startTenant(options: SapOptions = {}): Promise<RunningSap> {
  const v2ExtensionFields = { tasks: ['SignalboxKey'], cases: ['SignalboxKey'], accounts: ['Score', 'Hint'] };
  return startSap({ v2ExtensionFields, ...options });
}

/** A connection to the V2 tenant, with the user's password unless the settings say otherwise. */
export function connectV2(
  { v2Url, basicUser, basicPassword }: RunningSap,
  more: object = {},
): Promise<Connection<SapNative>> {
  const auth = { kind: 'basic', username: basicUser, password: basicPassword } as const;
  return sap.connect(
    { product: 'v2', baseUrl: v2Url, auth, requestsPerSecond: 500, ...more },
    { log: silent, now: Date.now, inbox: noInbox },
  );
}

const common = { tenantid: 'acme', connection: 'service', decisionid: 'd1' } as const;

export function about(entity: string, id: string) {
  return { ...common, about: { entity, id } };
}

export function taskAbout(entity: string, id: string, key = 'act-1'): CreateTask {
  const task = { subject: 'Call', description: 'Because', due: '2026-03-03T09:00:00.000Z', priority: 'high' } as const;
  return { ...about(entity, id), kind: 'create-task', id: key, task };
}

export function caseAbout(entity: string, id: string, key = 'case-1'): CreateCase {
  const content = { subject: 'Pump 7', description: 'It shakes', priority: 'high', team: 'SERVICE_NORTH' } as const;
  return { ...about(entity, id), kind: 'create-case', id: key, case: content };
}

/** Applies one action. */
export async function applyOne({ sink }: Connection<SapNative>, action: Action) {
  const [result] = await sink.apply([action], signal());
  if (result === undefined) throw new Error('no result');
  return result;
}
