import { createPrivateKey } from 'node:crypto';
import type { Finding } from '../contract';
import { certificatesIn, validityOf } from '../kit/certificates';
import type { Certificate, Settings } from './config';
import type { GraphApi } from './graph-api';
import { encodedPath } from './paths';
import { checkPermissions } from './permissions';
import type { Subscriptions } from './subscriptions';

export interface CheckOptions {
  readonly settings: Settings;
  readonly api: GraphApi;
  readonly subscriptions: Subscriptions | undefined;
  readonly now: () => number;
}

const permissionFix =
  'Entra admin center > App registrations > API permissions: Mail.Read, Calendars.Read, Tasks.ReadWrite.All as application permissions, with consent';

/** Proves the token, that the collections can be read, and the subscriptions, without an effect. */
export async function checkConnection(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings } = options;
  const findings = await Promise.all([
    ...settings.streams.map((stream) => guarded(stream, permissionFix, () => checkStream(stream, options, signal))),
    guarded('permissions', permissionFix, async () => checkPermissions(settings, await options.api.roles())),
    guarded('subscriptions', permissionFix, () => checkSubscriptions(options, signal)),
  ]);
  return [
    { level: 'ok', what: `directory ${settings.auth.directoryId} at ${settings.baseUrl}` },
    ...(settings.notifications?.certificates ?? []).flatMap((one, index) =>
      checkCertificate(one, index, options.now()),
    ),
    ...findings.flat(),
  ];
}

async function guarded(
  what: string,
  fix: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
}

/** Graph encrypts for the first one; the others still open what was encrypted for them. */
function checkCertificate(
  { id, certificate, privateKey }: Certificate,
  index: number,
  now: number,
): readonly Finding[] {
  const what = `encryption certificate ${id}`;
  const fix =
    'make a new certificate with its key, put it first under notifications.certificates, and keep this one behind it for three days';
  try {
    const [own] = certificatesIn(certificate);
    if (own === undefined) throw new Error('it is no certificate');
    if (!own.checkPrivateKey(createPrivateKey(privateKey)))
      throw new Error('the private key is not the one of the certificate');
    return index === 0 ? [validityOf(what, own, now, fix)] : [{ level: 'ok', what }];
  } catch (error) {
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
}

async function checkStream(stream: string, { api }: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  await api.read(`read ${stream}`, `${encodedPath(stream)}?$top=1`, signal);
  return [{ level: 'ok', what: stream }];
}

async function checkSubscriptions(
  { settings, subscriptions, now }: CheckOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { told } = settings;
  const what = 'subscriptions';
  if (told.length === 0) return [];
  if (subscriptions === undefined) {
    const why = 'notifications is not configured, so nothing that Graph posts is taken';
    return [{ level: 'error', what, why, fix: 'add notifications to the connection: url, clientState' }];
  }
  const known = await subscriptions.list(signal);
  const missing = told.filter((stream) => !known.some((one) => one.stream === stream && one.expiresAt > now()));
  if (missing.length === 0) return [{ level: 'ok', what: `${told.length} subscriptions` }];
  const why = `none to ${missing.join(', ')}`;
  return [
    { level: 'warning', what, why, fix: '`signalbox up` makes them, or: signalbox connect graph --tenant NAME --yes' },
  ];
}
