import type { DescribeSObjectResult } from 'jsforce';
import type { Finding } from '../contract';
import { allocationFindings } from './allocations';
import type { Settings } from './config';
import type { Hearing } from './source';
import type { Rest } from './jsforce-connection';
import { outboundObject } from './outbound/stream';

export interface CheckOptions {
  readonly settings: Settings;
  readonly hearing: Hearing;
  readonly rest: Rest;
  readonly org: string;
  readonly now: () => number;
}

/** A JWT lives 3 minutes: a clock further off than one is refused soon. */
const mostSkewMs = 60_000;

/** Proves topics, the task's key field, writing, the allocations and the clock, without an effect. */
export async function checkConnection(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings } = options;
  const findings = await Promise.all([
    ...settings.streams.map((stream) => guarded(`topic ${stream}`, () => checkTopic(stream, options, signal))),
    guarded('object Task', () => checkTask(options, signal)),
    guarded('allocations', () => checkAllocations(options, signal)),
    guarded('clock', () => checkClock(options, signal)),
  ]);
  const token: Finding = { level: 'ok', what: `token for org ${options.org} (${settings.auth.kind})` };
  return [token, ...findings.flat()];
}

async function guarded(what: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const fix =
      "see whether the org can be reached and the user's permissions are those of connectors/salesforce/README.md";
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
}

async function checkTopic(
  stream: string,
  { settings, hearing }: CheckOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const what = `topic ${stream}`;
  if (outboundObject(stream) !== undefined) return checkOutbound(what, settings);
  const fix = stream.startsWith('/data/')
    ? 'Setup > Change Data Capture: select the object; give the user View All on it'
    : 'Setup > Platform Events: the event must exist; give the user read access to it';
  try {
    if (await hearing.canHear(stream, signal)) return [{ level: 'ok', what }];
    return [{ level: 'error', what, why: 'the user may not subscribe to it', fix }];
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
}

/** Whether a flow sends any is not to be seen from here. */
function checkOutbound(what: string, { outboundMessages }: Settings): readonly Finding[] {
  if (outboundMessages !== undefined) return [{ level: 'ok', what }];
  const why = 'outboundMessages is not configured, so no outbound message is taken';
  return [{ level: 'error', what, why, fix: 'add outboundMessages to the connection, with its key' }];
}

async function checkTask({ settings, rest }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const describe = (await rest.read(
    'describe Task',
    (connection) => connection.describe('Task'),
    signal,
  )) as Partial<DescribeSObjectResult>;
  const key = settings.taskKeyField;
  const field = describe.fields?.find(({ name }) => name === key);
  const what = `field Task.${key}`;
  const fix = `Setup > Object Manager > Activity > Fields: text, length 255, external id, unique, named ${key}; visible and editable for the user`;
  const findings: Finding[] = [];
  if (field === undefined)
    findings.push({ level: 'error', what, why: 'it does not exist or the user cannot see it', fix });
  else if (!field.externalId || !field.unique)
    findings.push({ level: 'error', what, why: 'it is not a unique external id', fix });
  else if (!field.createable) findings.push({ level: 'error', what, why: 'the user may not write it', fix });
  else findings.push({ level: 'ok', what });
  const canWrite = describe.createable === true && describe.updateable === true;
  findings.push(
    canWrite
      ? { level: 'ok', what: 'object Task' }
      : {
          level: 'error',
          what: 'object Task',
          why: 'the user may not create and edit it',
          fix: 'give the user Edit Tasks',
        },
  );
  return findings;
}

async function checkAllocations({ rest }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  return allocationFindings(await rest.read('limits', (connection) => connection.limits(), signal));
}

/** The server's clock, from the Date of an answer that needs no token. */
async function checkClock({ settings, now }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const response = await fetch(`${settings.baseUrl}/services/data`, { signal });
  const server = Date.parse(response.headers.get('date') ?? '');
  const skew = Math.abs(now() - server);
  if (!(skew > mostSkewMs)) return [{ level: 'ok', what: 'clock' }];
  const why = `this machine is ${Math.round(skew / 1000)} s off Salesforce`;
  return [{ level: 'warning', what: 'clock', why, fix: 'synchronise it (NTP): signed logins are valid for 3 minutes' }];
}
