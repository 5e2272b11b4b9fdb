import { Connection } from 'jsforce';
import { Retryable } from '../contract';
import type { Priority, RateGovernor } from '../kit/rate';
import { untilAborted } from '../kit/abort';
import type { RowAnswer } from './action-result';
import type { AllocationMeter } from './allocations';
import type { Authenticator, Session } from './auth';
import { callClient } from './native';
import { connectorErrorOf, RestFailure } from './rest-failure';
import { RestTransport } from './rest-transport';

export interface RestOptions {
  readonly auth: Authenticator;
  readonly apiVersion: string;
  readonly governor: RateGovernor;
  /** Is told what each answer says about the day's requests. */
  readonly meter?: AllocationMeter;
}

/** A record to write; `id` for an update. */
export interface CollectionRecord {
  readonly attributes: { readonly type: string };
  readonly id?: string;
  readonly [field: string]: unknown;
}

/** The REST API through jsforce: one token with the streams, the tenant's request rate, own writes marked. */
export class Rest {
  readonly #options: RestOptions;
  readonly #connection: Connection;
  #renewalError: unknown;

  /** @param session the token to begin with */
  constructor(session: Session, options: RestOptions) {
    this.#options = options;
    this.#connection = new Connection({
      version: options.apiVersion,
      instanceUrl: session.instanceUrl,
      accessToken: session.accessToken,
      callOptions: { client: callClient },
      refreshFn: (connection, callback) => {
        options.auth.sessionAfter(connection.accessToken ?? '').then(
          ({ accessToken }) => {
            callback(null, accessToken);
          },
          (error: unknown) => {
            this.#renewalError = error;
            callback(error as Error);
          },
        );
      },
    });
    this.#connection._transport = new RestTransport();
  }

  /**
   * Makes a call when the rate allows it. Rejects with RestFailure for a refusal, with a ConnectorError when no token is to
   * be had, with what Node says when the answer was lost, with the signal's reason when aborted (the call may go on).
   */
  async call<T>(make: (connection: Connection) => Promise<T>, priority: Priority, signal: AbortSignal): Promise<T> {
    const { auth, governor, meter } = this.#options;
    return governor.run(
      async () => {
        this.#connection.accessToken = (await auth.session()).accessToken;
        try {
          const answer = await untilAborted(make(this.#connection), signal);
          const { apiUsage } = this.#connection.limitInfo;
          if (apiUsage !== undefined) meter?.note('DailyApiRequests', apiUsage);
          return answer;
        } catch (error) {
          if (error instanceof RestFailure && error.retryAfterMs !== undefined) governor.pauseFor(error.retryAfterMs);
          throw this.#cause(error);
        }
      },
      priority,
      signal,
    );
  }

  /**
   * Creates (POST) or updates (PATCH) up to 200 records in one collections call; rows answer for themselves, in order. Score
   * writes shall neither run assignment rules nor be stopped by duplicate rules, so both are switched off. Rejects as `call`.
   * @param isAssigned the org's assignment rules find the owners all the same
   */
  async writeCollection(
    method: 'POST' | 'PATCH',
    records: readonly CollectionRecord[],
    signal: AbortSignal,
    isAssigned = false,
  ): Promise<readonly RowAnswer[]> {
    const headers = {
      'content-type': 'application/json',
      'Sforce-Auto-Assign': isAssigned ? 'TRUE' : 'FALSE',
      'Sforce-Duplicate-Rule-Header': 'allowSave=true',
    };
    const body = JSON.stringify({ allOrNone: false, records });
    const request = { method, url: '/composite/sobjects', body, headers };
    return this.call((connection) => connection.request<readonly RowAnswer[]>(request), 'write', signal);
  }

  /** As `call`, for reading: rejects with Retryable or Permanent, or with the signal's reason. */
  async read<T>(what: string, make: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.call(make, 'read', signal);
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, what);
    }
  }

  /** jsforce wraps the error of a failed renewal into a text. */
  #cause(error: unknown): unknown {
    const isRenewal = error instanceof Error && error.message.startsWith('Unable to refresh session');
    return isRenewal ? (this.#renewalError ?? new Retryable('INVALID_SESSION_ID', error.message)) : error;
  }
}
