import type { Finding } from '../contract';
import { objectOf } from '../kit/json';
import type { Settings } from './config';
import type { NativeType } from './native';
import { typeIn } from './paths';

/** Any of these application permissions will do; the first is the least. */
type AnyOf = readonly [string, ...string[]];

const toHear: Readonly<Record<NativeType, AnyOf>> = {
  message: ['Mail.Read', 'Mail.ReadWrite'],
  event: ['Calendars.Read', 'Calendars.ReadWrite'],
  todoTask: ['Tasks.Read.All', 'Tasks.ReadWrite.All'],
  plannerTask: ['Tasks.Read.All', 'Tasks.ReadWrite.All'],
};
const toWriteTasks: AnyOf = ['Tasks.ReadWrite.All'];

/**
 * The application permissions that a token has; undefined where it cannot be read, for Graph promises no form. A token of an app
 * that was given none has no such claim.
 */
export function rolesIn(token: string): readonly string[] | undefined {
  try {
    const claims = objectOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
    const { roles = [] } = claims ?? {};
    return claims !== undefined && Array.isArray(roles) ? roles.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** What the app lacks for what the connection hears and writes. */
export function checkPermissions(settings: Settings, roles: readonly string[] | undefined): readonly Finding[] {
  if (roles === undefined) return [];
  const missing = wanted(settings).filter((anyOf) => !anyOf.some((role) => roles.includes(role)));
  return missing.map(([least]) => ({
    level: 'error',
    what: `permission ${least}`,
    why: `the token of app ${settings.auth.clientId} does not have it: it was not added as an application permission, or no administrator has consented`,
    fix: `Entra admin center > App registrations > API permissions: add Microsoft Graph ${least} as an application permission, then Grant admin consent; the next token has it, within the hour`,
  }));
}

/** Group mailboxes have other permissions, and are left to what Graph answers. */
function wanted({ streams, taskList, plan }: Settings): readonly AnyOf[] {
  const types = streams.flatMap((stream) => (stream.startsWith('groups/') ? [] : (typeIn(stream) ?? [])));
  const writes = taskList === undefined && plan === undefined ? [] : [toWriteTasks];
  return [...new Set([...types.map((type) => toHear[type]), ...writes])];
}
