import { type ConnectorError, Permanent, Retryable } from '../../contract';
import type { RfcError } from './messages';

/** What to install, as far as a user has to. */
export const installFix =
  'Install the SAP NW RFC SDK 7.50 (SAP Software Center, S-user; it is not redistributable) on this machine, let the loader find its lib folder ' +
  '(/usr/local/sap/nwrfcsdk/lib, or LD_LIBRARY_PATH; on Windows PATH), set SAPNWRFC_HOME to it, and run `npm install node-rfc@3.3.1`';

/** Keys of SAP's library after which the same call may well succeed: the connection or the moment was wrong, not the call. */
const passing =
  /^RFC_(COMMUNICATION_FAILURE|CLOSED|CANCELED|TIMEOUT|MEMORY_INSUFFICIENT|INVALID_HANDLE|IO_FAILURE|RETRY)$/;

/** What an error of node-rfc means: RFC says too little to class all of them, so what is not known is not tried again. */
export function connectorErrorOf({ name, message, code, key = '', group }: RfcError, what: string): ConnectorError {
  if (isMissing(code, message))
    return new Permanent('SBX_SAP_RFC_MISSING', `${message.split('\n')[0] ?? ''}. ${installFix}`);
  const text = `${what}: ${key === '' ? name : key}: ${message}`;
  if (group === 3 || /LOGON_FAILURE|AUTHENTICATION_FAILURE/.test(key)) {
    return new Permanent(
      'SBX_SAP_RFC_LOGON',
      `${text}. Check client, user and passwd under rfc.connection, and that the user is not locked (SU01)`,
    );
  }
  if (group === 4 || passing.test(key)) return new Retryable('SBX_SAP_RFC_LOST', text);
  if (/LOCK/.test(key)) return new Retryable('SBX_SAP_RFC_LOCKED', text);
  return new Permanent('SBX_SAP_RFC_FAILED', text);
}

function isMissing(code: string | undefined, message: string): boolean {
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED') return true;
  return /libsapnwrfc|libsapucum|sapnwrfc\.dll|No native build was found/i.test(message);
}
