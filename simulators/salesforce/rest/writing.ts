import { Refusal } from '../org/refusal';
import type { Row } from '../org/table';
import { logWrite, type RestCall, type WriteEntry } from './call';

/** Refuses the row about to be written where a row lock was asked for. */
export const strikeRowLock = (call: RestCall): void => {
  if (call.context.faults.take('rowLock') === undefined) return;
  throw new Refusal(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record or 1 records', []);
};

/** Runs one row's write and notes it, done or refused. */
export const runLogged = (
  call: RestCall,
  entry: Pick<WriteEntry, 'object' | 'operation' | 'recordId' | 'created' | 'body'>,
  write: () => Row,
): Row => {
  try {
    const row = write();
    logWrite(call, { ...entry, recordId: row.id });
    return row;
  } catch (error) {
    if (error instanceof Refusal) {
      const errorCode = error.entries[0]?.errorCode;
      logWrite(call, { ...entry, ...(errorCode === undefined ? {} : { errorCode }) });
    }
    throw error;
  }
};

/** Remembers the state of the request's writes, to return to it. The log keeps what was taken back, with the reason. */
export const savepoint = (call: RestCall): { readonly rollback: (errorCode: string) => void } => {
  const mark = call.transaction.mark();
  const { entries } = call.context.writes;
  const logged = entries.length;
  return {
    rollback: (errorCode) => {
      call.transaction.rollback(mark);
      for (let index = logged; index < entries.length; index += 1) {
        const entry = entries[index];
        if (entry !== undefined && entry.errorCode === undefined) entries[index] = { ...entry, errorCode };
      }
    },
  };
};
