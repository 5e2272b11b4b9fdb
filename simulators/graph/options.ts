/** How to start the simulator. Everything has a default; durations are milliseconds. */
export interface GraphOptions {
  /** HTTP port; 0 takes any free one. Loopback only. */
  readonly port?: number;
  readonly directoryId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Application permissions that an administrator has consented to: Mail.ReadWrite, Calendars.ReadWrite and Tasks.ReadWrite.All. */
  readonly roles?: readonly string[];
  /** Life of an access token; 1 hour less a second, as Entra ID says in `expires_in`. */
  readonly tokenLifeMs?: number;
  /** Longest wait for the answer to a handshake; 10 s. */
  readonly handshakeMs?: number;
  /** Wait before an undelivered notification is tried again, doubled each time; 1 s. */
  readonly retryMs?: number;
  /** How often a notification is tried before the subscription is told `missed`; 5. The service tries for 4 hours. */
  readonly attempts?: number;
}
