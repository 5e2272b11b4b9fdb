import { type ConnectorError, Permanent, Retryable } from '../../contract';
import { type Fields, objectOf, textOf } from '../json';
import type { Parameters } from './messages';
import type { RfcSession } from './process';

/** The messages of a call. RETURN is a structure or a table, in one BAPI as in another release of the same. */
export function messagesOf({ RETURN: told }: Parameters): readonly Fields[] {
  const rows = Array.isArray(told) ? told.map(objectOf) : [objectOf(told)];
  return rows.filter((row) => row !== undefined).filter(({ TYPE: type }) => textOf(type) !== undefined);
}

/** The refusal that a call's messages are: BAPIs throw none. Somebody else's lock goes by; anything else stays as it is. */
function refusalOf(name: string, result: Parameters): ConnectorError | undefined {
  const errors = messagesOf(result).filter(({ TYPE: type }) => type === 'E' || type === 'A');
  if (errors.length === 0) return undefined;
  const text = errors
    .map(({ ID: id, NUMBER: number, MESSAGE: message }) => `${String(message)} (${String(id)} ${String(number)})`)
    .join('; ');
  const isLocked = errors.some(
    ({ ID: id, NUMBER: number, MESSAGE: message }) =>
      (id === 'MC' && String(number) === '601') || /\b(locked|gesperrt)\b/i.test(String(message)),
  );
  return isLocked
    ? new Retryable('SBX_SAP_RFC_LOCKED', `${name}: ${text}`)
    : new Permanent('SBX_SAP_BAPI_REFUSED', `${name}: ${text}`);
}

/** Calls a BAPI; rejects with what it refused. */
export async function callBapi(session: RfcSession, name: string, parameters: Parameters): Promise<Parameters> {
  const result = await session.call(name, parameters);
  const refusal = refusalOf(name, result);
  if (refusal !== undefined) throw refusal;
  return result;
}

/**
 * One logical unit of work in one session: commits what the BAPIs have prepared, waiting for the update, or rolls it back. Where the commit's
 * answer is lost, whether it was done is not known: Retryable, and the next try has to look first.
 */
export async function inUnit<T>(session: RfcSession, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await callBapi(session, 'BAPI_TRANSACTION_COMMIT', { WAIT: 'X' });
    return result;
  } catch (error) {
    // On a connection that is lost there is nothing to roll back: SAP has done so. What is told is why.
    await session.call('BAPI_TRANSACTION_ROLLBACK', {}).catch(() => undefined);
    throw error;
  }
}
