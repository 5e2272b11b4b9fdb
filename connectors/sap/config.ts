import type { JsonSchema, Mapping } from '../contract';
import { type ODataProduct, usualObjects } from './odata/services';
import { type ActivityFields, usualNames } from './rfc/activity-fields';
import type { Parameters } from './rfc/messages';
import { usualV2, usualV2Objects, type V2Settings } from './v2/settings';
import schema from './config.schema.json';

/** SAP's products, each with services of its own: two speak OData V2, one a REST API. */
export type Product = ODataProduct | 'v2';

/** How Signalbox proves who it is to the services. */
export type Auth =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'client-credentials';
      readonly loginUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
    };

/** How SAP proves who it is when it pushes. */
export type Inbound =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'oauth';
      readonly keysUrl: string;
      readonly clientId: string;
      readonly issuer?: string;
      readonly audience?: string;
    }
  | { readonly kind: 'header' | 'query'; readonly name: string; readonly secret: string };

/** A queue of SAP Event Mesh that is taken from over AMQP 1.0. */
export interface EventMesh {
  /** `wss://…/protocols/amqp10ws`, or `amqps://host:5671`. */
  readonly url: string;
  readonly queue: string;
  readonly auth: Auth;
}

/** What is heard, each with an inbox of its own. */
export type Stream = 'events' | 'idocs';

/** A folder that SAP's file port, or whatever carries its files, puts IDoc XML into. */
export interface IdocFolder {
  /** Absolute. */
  readonly folder: string;
  readonly pollSeconds?: number;
}

/** RFC, by SAP's library. Parameters by its names. */
export interface Rfc {
  readonly connection: Parameters;
  readonly sessions?: number;
  readonly timeoutSeconds?: number;
  readonly activity?: Partial<{
    readonly fields: ActivityFields['fields'];
    readonly names: Partial<ActivityFields['names']>;
    readonly closedStatus: string;
  }>;
  readonly server?: { readonly connection: Parameters; readonly functions: readonly string[] };
}

/** A connection to one SAP system, valid against `configSchema`, secrets resolved. */
export interface SapConfig {
  readonly product: Product;
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly inbound?: Inbound;
  readonly idoc?: IdocFolder;
  readonly rfc?: Rfc;
  readonly write?: 'bapi';
  readonly eventMesh?: EventMesh;
  readonly subscribe?: readonly Stream[];
  readonly objects?: readonly string[];
  readonly ownUsers?: readonly string[];
  readonly taskKeyField?: string;
  readonly note?: Partial<NoteSettings>;
  readonly v2?: WrittenV2;
  readonly requestsPerSecond?: number;
  readonly mapping?: Mapping;
}

/** Words of Sales and Service Cloud V2, as far as they are said. */
type WrittenV2 = Partial<Omit<V2Settings, 'taskPriorities' | 'casePriorities'>> & {
  readonly taskPriorities?: Partial<V2Settings['taskPriorities']>;
  readonly casePriorities?: Partial<V2Settings['casePriorities']>;
};

/** JSON Schema of a connection, for validation, editors and documentation. */
export const configSchema: JsonSchema = schema;

/** The configuration with what it left open filled in. */
export interface Settings {
  readonly product: Product;
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly inbound: Inbound | undefined;
  readonly idoc: Required<IdocFolder> | undefined;
  readonly rfc: RfcSettings | undefined;
  readonly eventMesh: EventMesh | undefined;
  readonly streams: readonly Stream[];
  readonly objects: readonly string[];
  readonly ownUsers: readonly string[];
  readonly taskKeyField: string;
  readonly note: NoteSettings;
  readonly v2: V2Settings;
  readonly requestsPerSecond: number;
}

/** How notes are written. */
export interface NoteSettings {
  /** Text id of the customer's text that notes are added to, in S/4HANA. */
  readonly textId: string;
  /** Type of a note at a ticket, in Cloud for Customer. */
  readonly ticketType: string;
  /** SAP's language key. */
  readonly language: string;
}

export interface RfcSettings extends Required<Pick<Rfc, 'connection' | 'sessions' | 'timeoutSeconds'>> {
  readonly server?: Rfc['server'];
  /** Only where tasks are written by BAPI. */
  readonly activity: ActivityFields | undefined;
}

/** Fills in the defaults that `configSchema` names. */
export function settingsOf(config: SapConfig): Settings {
  const { auth, product } = config;
  const usual = usualOf(product);
  return {
    product,
    baseUrl: config.baseUrl.replace(/\/+$/, ''),
    auth,
    inbound: config.inbound,
    idoc: config.idoc === undefined ? undefined : { pollSeconds: 2, ...config.idoc },
    rfc: config.rfc === undefined ? undefined : rfcSettings(config.rfc, config.write),
    eventMesh: config.eventMesh,
    streams: config.subscribe ?? [],
    objects: config.objects ?? usual.objects,
    ownUsers: ownUsersOf(config),
    taskKeyField: config.taskKeyField ?? usual.taskKeyField,
    note: { textId: '0001', ticketType: '10011', language: 'EN', ...config.note },
    v2: v2Settings(config.v2),
    requestsPerSecond: config.requestsPerSecond ?? 10,
  };
}

/** What each product has as a default of its own. */
function usualOf(product: Product): { readonly objects: readonly string[]; readonly taskKeyField: string } {
  if (product === 'v2') return { objects: usualV2Objects, taskKeyField: 'SignalboxKey' };
  return { objects: usualObjects[product], taskKeyField: 'SignalboxKey_KUT' };
}

function ownUsersOf({ auth, rfc, ownUsers = [] }: SapConfig): readonly string[] {
  const named = auth.kind === 'basic' ? [auth.username] : [];
  return [...named, ...(rfc === undefined ? [] : [String(rfc.connection.user)]), ...ownUsers];
}

function v2Settings(written: WrittenV2 = {}): V2Settings {
  const taskPriorities = { ...usualV2.taskPriorities, ...written.taskPriorities };
  const casePriorities = { ...usualV2.casePriorities, ...written.casePriorities };
  return { ...usualV2, ...written, taskPriorities, casePriorities };
}

function rfcSettings({ activity, ...rfc }: Rfc, write: SapConfig['write']): RfcSettings {
  const { fields: given = {}, names, closedStatus = '2' } = activity ?? {};
  const fields = { fields: given, names: { ...usualNames, ...names }, closedStatus };
  return { sessions: 4, timeoutSeconds: 30, ...rfc, activity: write === 'bapi' ? fields : undefined };
}
