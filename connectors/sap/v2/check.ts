import { type Finding, Permanent, Retryable } from '../../contract';
import type { Settings } from '../config';
import { connectorErrorOf, ODataFailure } from '../odata/failure';
import { quotedText, type V2Client } from './client';
import { v2Case, type V2Object, v2Object, v2Objects, v2Task } from './objects';

const isUuid = (id: string): boolean => /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(id);

/** Proves credentials, rights, services and the key field, without an effect. */
export async function checkV2(settings: Settings, client: V2Client, signal: AbortSignal): Promise<readonly Finding[]> {
  const unknown = settings.objects.filter((name) => v2Object(name) === undefined);
  const objects = v2Objects.filter(({ nativeType }) =>
    settings.objects.some((name) => v2Object(name)?.nativeType === nativeType),
  );
  const services = await Promise.all(objects.map((object) => checkService(object, settings, client, signal)));
  const keys = await Promise.all([
    checkKey(v2Task, 'task', settings, client, signal),
    checkKey(v2Case, 'case', settings, client, signal),
  ]);
  const strangers = unknown.map((name): Finding => {
    const why = 'it cannot be read from Sales and Service Cloud V2';
    return {
      level: 'error',
      what: `object ${name}`,
      why,
      fix: 'take it out of `objects`: its events are heard all the same',
    };
  });
  return [...strangers, ...services, ...keys.flat(), ...checkOwn(settings)];
}

async function checkService(
  object: V2Object,
  settings: Settings,
  client: V2Client,
  signal: AbortSignal,
): Promise<Finding> {
  const what = `service ${object.path}`;
  try {
    await client.query(object, { top: 1 }, 'read', signal);
    return { level: 'ok', what };
  } catch (error) {
    return {
      level: 'error',
      what,
      why: connectorErrorOf(error, 'asked for one record').message,
      fix: fixOf(error, object, settings),
    };
  }
}

/** What mends a refusal. */
function fixOf(error: unknown, { nativeType, path }: V2Object, { auth, v2 }: Settings): string {
  const status = error instanceof ODataFailure ? error.status : undefined;
  if (status === 401) {
    return auth.kind === 'basic'
      ? 'check username and password: an API user of Settings > Users, not locked, its password not expired'
      : 'the token was refused: check that loginUrl is the token endpoint of this very tenant, and the client has a user there';
  }
  if (status === 403) {
    return `give the user a business role with the business service of ${path.split('/')[0] ?? path}, or take ${nativeType} out of \`objects\``;
  }
  if (status === 404 || (error instanceof Permanent && error.code === 'SBX_SAP_V2_ANSWER')) {
    return `check baseUrl (https://<tenant>.crm.cloud.sap) and v2.basePath (${v2.basePath}); a tenant of Cloud for Customer is product c4c`;
  }
  if (error instanceof Retryable) return 'check baseUrl, and that this machine may reach it';
  return 'see what the system says';
}

/** Tasks must have the field; cases only where a use case opens some. */
async function checkKey(
  object: V2Object,
  name: 'task' | 'case',
  { taskKeyField }: Settings,
  client: V2Client,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const what = `field extensions/${taskKeyField} of a ${name}`;
  try {
    await client.query(
      object,
      { filter: `extensions/${taskKeyField} eq ${quotedText('none')}`, top: 1 },
      'read',
      signal,
    );
    return [{ level: 'ok', what }];
  } catch (error) {
    // Anything else is told of the service itself.
    if (!(error instanceof ODataFailure) || error.status !== 400) return [];
    const fix = `add the extension field ${taskKeyField} (text, 255) to the ${name} in Settings > Extensibility Administration, or name yours under taskKeyField`;
    const why = `without it a retry could make a second ${name}: ${error.message}`;
    if (name === 'task') return [{ level: 'error', what, why, fix }];
    return [{ level: 'warning', what, why, fix: `where a use case opens cases: ${fix}` }];
  }
}

/** Events name who changed a record by UUID; a user's name says nothing there. */
function checkOwn({ ownUsers }: Settings): readonly Finding[] {
  if (ownUsers.some(isUuid)) return [{ level: 'ok', what: 'ownUsers' }];
  const why =
    'events of V2 name who changed a record by UUID, so that own changes are not known as such and decided again';
  const fix =
    'put the UUID of the integration user under ownUsers: requestedByUser in an event of a change that it made';
  return [{ level: 'warning', what: 'ownUsers', why, fix }];
}
