import type { V2Client } from './client';
import type { V2Settings } from './settings';

/** What the writes of a connection share. */
export interface V2Context {
  readonly client: V2Client;
  readonly baseUrl: string;
  /** Member of `extensions`, of tasks and cases. */
  readonly keyField: string;
  readonly settings: V2Settings;
  readonly signal: AbortSignal;
}
