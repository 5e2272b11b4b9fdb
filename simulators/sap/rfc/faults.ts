/** What goes wrong with the next call of a function, once. */
export type RfcFault =
  /** The native library ends its process, before SAP has the call or when the answer is there. */
  | 'crash-before'
  | 'crash-after'
  /** The connection is lost, before SAP has the call or with its answer; the session's work is rolled back. */
  | 'lost-before'
  | 'lost-after'
  /** A BAPI's refusal, as a structure and as a table, and the lock of another user. */
  | 'refused-structure'
  | 'refused-table'
  | 'locked'
  /** An ABAP exception, and an answer that never comes. */
  | 'exception'
  | 'silent';

/** An error as node-rfc gives it. */
export interface RfcErrorBody {
  readonly name: 'RfcLibError' | 'ABAPError';
  readonly group: number;
  readonly code: number;
  readonly codeString: string;
  readonly key: string;
  readonly message: string;
}

export const lost: RfcErrorBody = {
  name: 'RfcLibError',
  group: 4,
  code: 1,
  codeString: 'RFC_COMMUNICATION_FAILURE',
  key: 'RFC_COMMUNICATION_FAILURE',
  message: 'connection to partner broken',
};

export const wrongLogon: RfcErrorBody = {
  name: 'RfcLibError',
  group: 3,
  code: 2,
  codeString: 'RFC_LOGON_FAILURE',
  key: 'RFC_LOGON_FAILURE',
  message: 'Name or password is incorrect (repeat logon)',
};

export const exception: RfcErrorBody = {
  name: 'ABAPError',
  group: 1,
  code: 5,
  codeString: 'RFC_ABAP_EXCEPTION',
  key: 'INVALID_DATA',
  message: 'ID:00 Type:E Number:001 data is not valid',
};

/** A message of a BAPI. */
export function bapiret2(type: string, id: string, number: string, message: string): Readonly<Record<string, string>> {
  return { TYPE: type, ID: id, NUMBER: number, MESSAGE: message, LOG_NO: '', LOG_MSG_NO: '000000' };
}
