import { Connection } from 'jsforce';
import type { ConnectorError } from '../contract';
import type { Session } from './auth';
import type { BayeuxMessage } from './cometd-failure';
import { CometdTransport } from './cometd-transport';

type Next = (message: BayeuxMessage | null) => void;

/** What stands between faye and Salesforce: passes messages on, late or not at all. */
export interface CometdExtension {
  outgoing(message: BayeuxMessage, next: Next): void;
  incoming(message: BayeuxMessage, next: Next): void;
}

/** The parts of faye's client that are used; the package brings no types. */
interface FayeClient {
  subscribe(channel: string, listener: (data: unknown) => void): unknown;
  disconnect(): unknown;
  readonly _dispatcher: {
    _transport: CometdTransport;
    connectionType: string;
    selectTransport: () => void;
    getConnectionTypes: () => readonly string[];
    handleResponse(reply: BayeuxMessage): void;
  };
}

export interface CometdClientOptions {
  readonly session: Session;
  readonly apiVersion: string;
  readonly silenceMs: number;
  readonly extension: CometdExtension;
  /** Settles when a message of an answer is wanted. */
  readonly isWanted: (message: BayeuxMessage) => Promise<void>;
  readonly onFailure: (error: ConnectorError) => void;
}

/** A client of the Streaming API, as jsforce makes it, speaking through our transport and with one token to its end. */
export class CometdClient {
  readonly #faye: FayeClient;
  readonly #transport: CometdTransport;

  constructor({ session, apiVersion, silenceMs, extension, isWanted, onFailure }: CometdClientOptions) {
    const { instanceUrl, accessToken } = session;
    const connection = new Connection({ version: apiVersion, instanceUrl, accessToken });
    this.#faye = connection.streaming.createClient([extension]) as unknown as FayeClient;
    const dispatcher = this.#faye._dispatcher;
    this.#transport = new CometdTransport({
      url: `${instanceUrl}/cometd/${apiVersion}`,
      accessToken,
      silenceMs,
      isWanted,
      onReply: (reply) => {
        dispatcher.handleResponse(reply);
      },
      onFailure,
    });
    dispatcher._transport = this.#transport;
    dispatcher.connectionType = this.#transport.connectionType;
    // Salesforce polls only: a WebSocket is answered by 405.
    dispatcher.getConnectionTypes = () => [this.#transport.connectionType];
    dispatcher.selectTransport = () => undefined;
  }

  /** Shakes hands, subscribes and polls until `close`; after a lost session all of it again, as the server advises. */
  subscribe(channel: string): void {
    // Messages are taken by the extension, with their replay ids, before faye hands out their data.
    this.#faye.subscribe(channel, () => undefined);
  }

  /** Ends the session, so that the org counts one client less, and what is under way. */
  close(): void {
    this.#faye.disconnect();
    this.#transport.close();
  }
}
