import { ConnectorError, Retryable } from '../contract';

/** Salesforce refused the token: it is renewed, then the call is made again. */
export class TokenRefused extends ConnectorError {
  /** What the caller is told when a new token was refused too. */
  twice(): Retryable {
    const message = `${this.message}. A new token was refused too: is the user active, with the API Enabled permission?`;
    return new Retryable(this.code, message, undefined, { cause: this });
  }
}
