import { json, type HttpAnswer } from '../http/message';

/** A refusal of a V2 service. */
export class V2Error extends Error {
  constructor(
    readonly status: number,
    /** The service's own code: `case.1003`. */
    readonly code: string,
    message: string,
    /** The member that it is about. */
    readonly target = '',
  ) {
    super(message);
    this.name = 'V2Error';
  }
}

/** The body of a refusal. Its members are those of `info` in V2's answers; that refusals have them is not verified. */
export const renderV2Error = ({ status, code, message, target }: V2Error): HttpAnswer =>
  json(status, { error: { code, message, target, details: [{ code, message, target }] } });
