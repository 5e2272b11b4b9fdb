import type { Values } from '../org/definitions';
import type { Org } from '../org/org';
import type { Operation, Transaction } from '../org/transaction';
import type { Step } from './steps';

const now = (): number => Math.floor(Date.now() / 1000) * 1000;

/** The system jobs that keep account of asynchronous steps: rows of asyncoperation. */
export class Jobs {
  constructor(private readonly org: Org) {}

  /** A job waiting for resources; answers its id. */
  open(operation: Operation, transaction: Transaction, step: Step): string {
    const values: Values = {
      name: step.name,
      operationtype: 1,
      messagename: operation.message,
      primaryentitytype: operation.type?.name ?? null,
      correlationid: transaction.correlationId,
      requestid: transaction.requestId,
      depth: 1,
      regardingobjectid: operation.type === undefined ? null : { table: operation.type.name, id: operation.recordId },
      owningextensionid: { table: 'sdkmessageprocessingstep', id: step.id },
    };
    return this.org.seed('asyncoperation', values).id;
  }

  /** Marks a job as under way. */
  start(id: string): void {
    this.org.seed('asyncoperation', { statecode: 2, statuscode: 20, startedon: now() }, id);
  }

  /** Ends a job; a job that succeeded is deleted where its step says so. */
  succeed(id: string, step: Step): void {
    this.org.seed('asyncoperation', { statecode: 3, statuscode: 30, completedon: now() }, id);
    if (step.deletesJob) this.org.table('asyncoperation').rows.delete(id);
  }

  /** Ends a job that failed, with why. */
  fail(id: string, message: string): void {
    const ended = { statecode: 3, statuscode: 31, completedon: now() };
    this.org.seed('asyncoperation', { ...ended, errorcode: -2147220891, message, friendlymessage: message }, id);
  }
}
