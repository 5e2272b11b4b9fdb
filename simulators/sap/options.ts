import { randomUUID } from 'node:crypto';
import type { ExtensionFields } from './model/c4c';

const MINUTE_MS = 60_000;

/** How to start the simulator. Everything has a default; durations are milliseconds. */
export interface SapOptions {
  /** Port of S/4HANA; 0 takes any free one. Loopback only. */
  readonly s4Port?: number;
  /** Port of Cloud for Customer; 0 takes any free one. */
  readonly c4cPort?: number;
  /** Port of Sales and Service Cloud V2; 0 takes any free one. */
  readonly v2Port?: number;
  /** Port of token endpoint, Event Mesh and admin endpoint; 0 takes any free one. */
  readonly btpPort?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The communication user: of basic authentication, and of what a token of the client writes. At most 12 characters. */
  readonly basicUser?: string;
  readonly basicPassword?: string;
  /** Who writes through `admin`, and is named in what they write. At most 12 characters. */
  readonly personUser?: string;
  /** Logical system or tenant number in the `source` of S/4 events. */
  readonly logicalSystem?: string;
  /** Life of an access token; 12 hours. */
  readonly tokenLifeMs?: number;
  /** Life of a session, which ends its CSRF token, too; 30 minutes. */
  readonly sessionLifeMs?: number;
  /** Rows of a page before `__next`; 1000. */
  readonly pageSize?: number;
  /** Extension fields of C4C sets; `SignalboxKey_KUT` on `TaskCollection` and `ServiceRequestCollection` where absent. */
  readonly extensionFields?: ExtensionFields;
  /** Members of `extensions` by V2 set; `SignalboxKey` of `tasks` and `cases` where absent. */
  readonly v2ExtensionFields?: ExtensionFields;
  /** V2 services that the caller's role does not have: `case-service`. */
  readonly v2Denied?: readonly string[];
  /** Whether V2 asks those with a password for a CSRF token. False where absent, as it was seen. */
  readonly v2Csrf?: boolean;
  /** Shows ticket names as objects `{content, languageCode}`, as the older c4codata service does. */
  readonly localisedTexts?: boolean;
  /**
   * What C4C sends: `v2`, the form of Sales/Service Cloud V2 with before and current image (default), or `notification`,
   * the event notification of Cloud for Customer, which has only ids.
   */
  readonly c4cEvents?: 'v2' | 'notification';
  /** Wait before a refused delivery is tried again; 100 (the real one is longer and not known). */
  readonly redeliveryMs?: number;
  /** How long a webhook may take to answer; 30 s. */
  readonly webhookTimeoutMs?: number;
}

/** Every option with its default; secrets that nobody gave are made up. */
export const withDefaults = (options: SapOptions): Required<SapOptions> => ({
  s4Port: 0,
  c4cPort: 0,
  v2Port: 0,
  btpPort: 0,
  clientId: 'sb-signalbox!t1',
  clientSecret: randomUUID(),
  basicUser: 'SIGNALBOX',
  basicPassword: randomUUID(),
  personUser: 'CB9980000010',
  logicalSystem: 'S4HCLNT100',
  tokenLifeMs: 12 * 60 * MINUTE_MS,
  sessionLifeMs: 30 * MINUTE_MS,
  pageSize: 1000,
  extensionFields: { TaskCollection: ['SignalboxKey_KUT'], ServiceRequestCollection: ['SignalboxKey_KUT'] },
  v2ExtensionFields: { tasks: ['SignalboxKey'], cases: ['SignalboxKey'] },
  v2Denied: [],
  v2Csrf: false,
  localisedTexts: false,
  c4cEvents: 'v2',
  redeliveryMs: 100,
  webhookTimeoutMs: 30_000,
  ...options,
});
