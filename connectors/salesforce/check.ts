import type { DescribeSObjectResult } from 'jsforce';
import type { Finding } from '../contract';
import { certificatesIn, validityOf } from '../kit/certificates';
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

/** Proves topics, the key fields of tasks and cases, writing, the allocations and the clock, without an effect. */
export async function checkConnection(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings } = options;
  const findings = await Promise.all([
    ...settings.streams.map((stream) => guarded(`topic ${stream}`, () => checkTopic(stream, options, signal))),
    ...keyed.map((each) => guarded(`object ${each.object}`, () => checkKeyed(each, options, signal))),
    guarded('allocations', () => checkAllocations(options, signal)),
    guarded('clock', () => checkClock(options, signal)),
  ]);
  const token: Finding = { level: 'ok', what: `token for org ${options.org} (${settings.auth.kind})` };
  return [token, ...checkCertificates(settings, options.now()), ...findings.flat()];
}

/** A signing key says nothing of its certificate, which lies in the connected app: only one that stands beside the key is seen. */
function checkCertificates({ auth, pubsubCa }: Settings, now: number): readonly Finding[] {
  const caFix = 'ask whoever runs the proxy for its new certificate authority, and put it under pubsubCa';
  const authorities = pubsubCa === undefined ? [] : certificatesOf('pubsubCa', pubsubCa, now, caFix);
  if (auth.kind !== 'jwt-bearer') return authorities;
  const fix =
    'make a new key with a certificate, upload the certificate in the connected app (Use digital signatures), and put both under auth.privateKey';
  const signing = certificatesOf('auth.privateKey', auth.privateKey, now, fix);
  const why =
    'its certificate lies in the connected app, whose end cannot be seen from here: put the certificate behind the key in the same file, and it is watched';
  return [...authorities, ...(signing.length > 0 ? signing : [{ level: 'ok' as const, what: 'signing key', why }])];
}

function certificatesOf(setting: string, text: string, now: number, fix: string): readonly Finding[] {
  const what = `certificate in ${setting}`;
  try {
    return certificatesIn(text).map((certificate) => validityOf(what, certificate, now, fix));
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
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

/** What actions make records of: tasks always, cases only where a use case opens some. */
interface Keyed {
  readonly object: 'Task' | 'Case';
  /** Where its fields are defined. */
  readonly definedAt: string;
  /** What the user needs besides the field. */
  readonly right: string;
  readonly level: 'error' | 'warning';
}

const keyed: readonly Keyed[] = [
  { object: 'Task', definedAt: 'Activity', right: 'give the user Edit Tasks', level: 'error' },
  { object: 'Case', definedAt: 'Case', right: 'give the user Create and Edit on Case', level: 'warning' },
];

async function checkKeyed(
  { object, definedAt, right, level }: Keyed,
  { settings, rest }: CheckOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const describe = (await rest.read(
    `describe ${object}`,
    (connection) => connection.describe(object),
    signal,
  )) as Partial<DescribeSObjectResult>;
  const key = settings.taskKeyField;
  const when = level === 'error' ? '' : 'where a use case opens cases: ';
  const fix = `${when}Setup > Object Manager > ${definedAt} > Fields: text, length 255, external id, unique, named ${key}; visible and editable for the user`;
  const why = unfit(describe.fields?.find(({ name }) => name === key));
  const what = `field ${object}.${key}`;
  const canWrite = describe.createable === true && describe.updateable === true;
  return [
    why === undefined ? { level: 'ok', what } : { level, what, why, fix },
    canWrite
      ? { level: 'ok', what: `object ${object}` }
      : { level, what: `object ${object}`, why: 'the user may not create and edit it', fix: `${when}${right}` },
  ];
}

function unfit(
  field: Pick<DescribeSObjectResult['fields'][number], 'externalId' | 'unique' | 'createable'> | undefined,
): string | undefined {
  if (field === undefined) return 'it does not exist or the user cannot see it';
  if (!field.externalId || !field.unique) return 'it is not a unique external id';
  return field.createable ? undefined : 'the user may not write it';
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
