import type { Finding } from '../contract';
import { checkQueue, type AmqpQueue } from '../kit/amqp-link';
import type { Settings } from './config';
import { objectOf, ownOf } from '../kit/json';
import type { Fields } from './native';
import type { TableDefinitions } from './table-definitions';
import type { WebApi } from './web-api';

export interface CheckOptions {
  readonly settings: Settings;
  readonly api: WebApi;
  readonly definitions: TableDefinitions;
  /** The user that Signalbox acts as. */
  readonly user: string;
  readonly now: () => number;
  /** Of the Service Bus, where one is taken from. */
  readonly queue: AmqpQueue | undefined;
}

/** Beyond this, the times of events are misleading. */
const mostSkewMs = 60_000;

const connectFix = 'signalbox connect dynamics365 --tenant NAME --yes';
const roleFix = 'Power Platform admin center > Environments > Settings > Application users: give its security role';

/** Proves the user, that it may read the tables, the webhook's registration and the clock, without an effect. */
export async function checkConnection(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings, user } = options;
  const findings = await Promise.all([
    ...settings.streams.map((table) => guarded(`table ${table}`, () => checkTable(table, options, signal))),
    ...(settings.reconciles ? settings.streams : []).map((table) =>
      guarded(`changes of ${table}`, () => checkTracking(table, options, signal)),
    ),
    guarded('table task', () => checkTasks(options, signal)),
    checkCases(options, signal),
    guarded('webhook', () => checkWebhook(options, signal)),
    ...(options.queue === undefined ? [] : [checkQueue(options.queue, signal).then((finding) => [finding])]),
    guarded('clock', () => checkClock(options, signal)),
  ]);
  return [{ level: 'ok', what: `token for ${settings.baseUrl}, as user ${user}` }, ...findings.flat()];
}

async function guarded(what: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix: roleFix }];
  }
}

async function checkTable(
  table: string,
  { api, definitions }: CheckOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { set, idColumn } = await definitions.of(table, signal);
  await api.read(`read ${table}`, `${set}?$select=${idColumn}&$top=1`, signal);
  return [{ level: 'ok', what: `table ${table}` }];
}

async function checkTracking(table: string, { api }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const what = `changes of ${table}`;
  const path = `EntityDefinitions(LogicalName='${encodeURIComponent(table)}')?$select=ChangeTrackingEnabled`;
  const { body } = await api.read(`definition of ${table}`, path, signal);
  if (objectOf(body)?.ChangeTrackingEnabled === true) return [{ level: 'ok', what }];
  const why = 'change tracking is not enabled, so lost webhooks are not found';
  const fix = 'Power Apps > Tables > Properties > Advanced options: Track changes; or set reconcile: off';
  return [{ level: 'warning', what, why, fix }];
}

async function checkTasks({ api }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  await api.read('read task', 'tasks?$select=activityid&$top=1', signal);
  return [{ level: 'ok', what: 'table task' }];
}

/** Only a use case that opens cases needs them, and an environment without Customer Service has no such table. */
async function checkCases({ api }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const what = 'table incident';
  try {
    await api.read('read incident', 'incidents?$select=incidentid&$top=1', signal);
    return [{ level: 'ok', what }];
  } catch (error) {
    const fix = `where a use case opens cases: ${roleFix}; the table comes with Customer Service`;
    return [{ level: 'warning', what, why: (error as Error).message, fix }];
  }
}

async function checkWebhook(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings, api } = options;
  const { webhook, serviceBus, streams } = settings;
  const what = 'webhook';
  if (streams.length === 0 || (webhook === undefined && serviceBus !== undefined)) return [];
  if (webhook === undefined) {
    const why = 'no webhook is configured, so nothing that Dataverse posts is taken';
    return [{ level: 'error', what, why, fix: 'add webhook (kind, key, url) or serviceBus to the connection' }];
  }
  const { url } = webhook;
  if (url === undefined) {
    return [
      {
        level: 'warning',
        what,
        why: 'webhook.url is not set, so it is not known whether it is registered',
        fix: 'set webhook.url to the public address that the proxy passes on to this connection, then run signalbox connect dynamics365 --tenant NAME --yes',
      },
    ];
  }
  const filter = encodeURIComponent(`url eq '${url.replaceAll("'", "''")}'`);
  const path = `serviceendpoints?$select=serviceendpointid,name&$filter=${filter}`;
  const { body } = await api.read('read service endpoints', path, signal);
  const rows = ownOf(objectOf(body) ?? {}, 'value') as readonly Fields[] | undefined;
  if (rows !== undefined && rows.length > 0)
    return [{ level: 'ok', what: `webhook ${url}` }, ...(await checkSteps(rows, options, signal))];
  return [{ level: 'error', what, why: `no service endpoint posts to ${url}`, fix: connectFix }];
}

/** What an endpoint is told of each table, by whatever steps. */
async function checkSteps(endpoints: readonly Fields[], options: CheckOptions, signal: AbortSignal) {
  const { api, settings } = options;
  const told = new Set<string>();
  for (const { serviceendpointid: id } of endpoints) {
    const filter = encodeURIComponent(`_eventhandler_value eq ${String(id)} and statecode eq 0`);
    const names = '$expand=sdkmessageid($select=name),sdkmessagefilterid($select=primaryobjecttypecode)';
    const path = `sdkmessageprocessingsteps?$select=name&$filter=${filter}&${names}`;
    const { body } = await api.read('read steps', path, signal);
    for (const step of (ownOf(objectOf(body) ?? {}, 'value') ?? []) as readonly Fields[]) {
      const { name } = objectOf(step.sdkmessageid) ?? {};
      const { primaryobjecttypecode: table } = objectOf(step.sdkmessagefilterid) ?? {};
      told.add(`${String(name)} of ${String(table)}`);
    }
  }
  return settings.streams.flatMap((table): readonly Finding[] => {
    const missing = ['Create', 'Update', 'Delete'].filter((message) => !told.has(`${message} of ${table}`));
    if (missing.length === 0) return [];
    const why = `no step that is switched on tells ${missing.join(', ')} of ${table}`;
    return [
      { level: missing.length === 3 ? 'error' : 'warning', what: `webhook: steps of ${table}`, why, fix: connectFix },
    ];
  });
}

/** The server's clock, from the Date of an answer. */
async function checkClock({ api, now }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { headers } = await api.read('WhoAmI', 'WhoAmI()', signal);
  const skew = Math.abs(now() - Date.parse(headers.date ?? ''));
  if (!(skew > mostSkewMs)) return [{ level: 'ok', what: 'clock' }];
  const why = `this machine is ${Math.round(skew / 1000)} s off Dataverse`;
  return [{ level: 'warning', what: 'clock', why, fix: 'synchronise it (NTP)' }];
}
