import { createHash } from 'node:crypto';
import { stableId } from '../../canonical-schema/identity';
import { Permanent, type Registration, type RegistrationChange } from '../contract';
import type { Webhook } from './config';
import { objectOf, ownOf, textOf } from '../kit/json';
import { imageName, type Fields } from './native';
import { recordIdOf } from './normalise/flatten';
import type { WebApi } from './web-api';
import { connectorErrorOf, WebApiFailure } from './web-api-failure';

export interface RegistrationOptions {
  readonly api: WebApi;
  readonly webhook: Webhook | undefined;
  /** Tables to be told about. */
  readonly streams: readonly string[];
  readonly org: string;
}

/** Pre and post images of all columns, as far as a message has them, and the parameter that they are taken of. */
const messages = {
  Create: { imagetype: 1, messagepropertyname: 'Id' },
  Update: { imagetype: 2, messagepropertyname: 'Target' },
  Delete: { imagetype: 0, messagepropertyname: 'Target' },
} as const;
type Message = keyof typeof messages;

const authTypes = { 'webhook-key': 4, 'http-header': 5, 'query-string': 6 } as const;

/** A row that is to be there. */
interface Wanted {
  readonly set: string;
  readonly id: string;
  readonly what: string;
  /** Columns that are compared. */
  readonly columns: Fields;
  /** Columns that are written and cannot be read back. */
  readonly unread: Fields;
}

/**
 * A service endpoint (contract 8, webhook) and its steps: Create, Update and Delete of each table, asynchronous, with images of
 * all columns. All ids derive from the organisation and the path of the address, so that a second run finds what the first one
 * made, and nothing else is ever touched.
 */
export class WebhookRegistration implements Registration {
  readonly #options: RegistrationOptions;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** See Registration. */
  async plan(wanted: 'connected' | 'disconnected', signal: AbortSignal): Promise<readonly RegistrationChange[]> {
    const { webhook, streams } = this.#options;
    if (webhook?.url === undefined) {
      throw new Permanent(
        'SBX_DYNAMICS365_WEBHOOK',
        'webhook.url is not set: say at which address Dataverse reaches this connection',
      );
    }
    const endpoint = this.#endpointOf(webhook, webhook.url);
    if (wanted === 'disconnected') return this.#removals(endpoint, [], signal);
    const changes = [await this.#changeTo(endpoint, signal)];
    for (const table of streams) {
      for (const message of Object.keys(messages) as Message[]) {
        const step = await this.#stepOf(endpoint, table, message, signal);
        changes.push(await this.#changeTo(step, signal), await this.#changeTo(imageOf(step, message), signal));
      }
    }
    const kept = streams.flatMap((table) =>
      Object.keys(messages).map((message) => stepId(endpoint.id, table, message)),
    );
    return [...changes, ...(await this.#removals(endpoint, kept, signal))];
  }

  #endpointOf(webhook: Webhook, url: string): Wanted {
    const { pathname, host } = new URL(url);
    const secret = authValueOf(webhook);
    // The secret cannot be read back: its digest's beginning tells whether it is another one.
    const mark = createHash('sha256').update(`${webhook.kind} ${secret}`).digest('hex').slice(0, 8);
    return {
      set: 'serviceendpoints',
      id: stableId('dynamics365', 'serviceendpoint', this.#options.org, pathname),
      what: `service endpoint ${host}${pathname}`,
      columns: {
        name: `Signalbox ${pathname}`.slice(0, 200),
        description: `Made by signalbox connect; secret ${mark}`,
        contract: 8,
        connectionmode: 1,
        messageformat: 2,
        url,
        authtype: authTypes[webhook.kind],
      },
      unread: { authvalue: secret },
    };
  }

  async #stepOf(endpoint: Wanted, table: string, message: Message, signal: AbortSignal): Promise<Wanted> {
    const filter = `primaryobjecttypecode eq '${table}' and sdkmessageid/name eq '${message}'`;
    const select = '$select=sdkmessagefilterid,_sdkmessageid_value';
    const rows = await this.#query(`sdkmessagefilters?${select}&$filter=${encodeURIComponent(filter)}`, signal);
    const filterId = recordIdOf(rows[0]?.sdkmessagefilterid);
    const messageId = recordIdOf(rows[0]?._sdkmessageid_value);
    if (filterId === undefined || messageId === undefined) {
      throw new Permanent('SBX_DYNAMICS365_STEP', `table ${table} has no message ${message}: correct subscribe`);
    }
    return {
      set: 'sdkmessageprocessingsteps',
      id: stepId(endpoint.id, table, message),
      what: `step ${message} of ${table}`,
      columns: {
        name: stepName(message, table),
        mode: 1,
        stage: 40,
        rank: 1,
        supporteddeployment: 0,
        asyncautodelete: true,
        statecode: 0,
        _sdkmessageid_value: messageId,
        _sdkmessagefilterid_value: filterId,
        _eventhandler_value: endpoint.id,
      },
      unread: {
        statuscode: 1,
        'sdkmessageid@odata.bind': `/sdkmessages(${messageId})`,
        'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filterId})`,
        'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${endpoint.id})`,
      },
    };
  }

  /** What leads to a row being there as wanted. */
  async #changeTo(wanted: Wanted, signal: AbortSignal): Promise<RegistrationChange> {
    const { set, id, what, columns } = wanted;
    const found = await this.#found(`${set}(${id})?$select=${Object.keys(columns).join()}`, signal);
    if (found === undefined) {
      return { kind: 'create', what, apply: (abort) => this.#write(wanted, { 'if-none-match': '*' }, abort) };
    }
    const other = Object.entries(columns).filter(([name, value]) => !isSame(ownOf(found, name), value));
    if (other.length === 0) return { kind: 'keep', what };
    const why = `differs in ${other.map(([name]) => (name === 'description' ? 'secret' : name)).join(', ')}`;
    return { kind: 'change', what, why, apply: (abort) => this.#write(wanted, { 'if-match': '*' }, abort) };
  }

  /** Own steps on the endpoint that are not wanted; the endpoint itself where none is. Steps of others stay, with the endpoint. */
  async #removals(
    endpoint: Wanted,
    kept: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly RegistrationChange[]> {
    if ((await this.#found(`serviceendpoints(${endpoint.id})?$select=name`, signal)) === undefined) return [];
    const filter = encodeURIComponent(`_eventhandler_value eq ${endpoint.id}`);
    const steps = await this.#query(
      `sdkmessageprocessingsteps?$select=sdkmessageprocessingstepid,name&$filter=${filter}`,
      signal,
    );
    const own = steps.filter((step) => isOwn(step, endpoint.id));
    const idle = own.filter(({ sdkmessageprocessingstepid: id }) => !kept.includes(String(id)));
    const changes = idle.map(({ sdkmessageprocessingstepid: id, name }): RegistrationChange => {
      const what = `step ${String(name).replace(/^Signalbox: /, '')}`;
      return { kind: 'remove', what, apply: (abort) => this.#removeStep(String(id), abort) };
    });
    if (kept.length > 0) return changes;
    if (own.length < steps.length) {
      const why = `${steps.length - own.length} steps of others use it`;
      return [...changes, { kind: 'keep', what: endpoint.what, why }];
    }
    const remove = (abort: AbortSignal): Promise<void> => this.#remove(`serviceendpoints(${endpoint.id})`, abort);
    return [...changes, { kind: 'remove', what: endpoint.what, apply: remove }];
  }

  async #removeStep(id: string, signal: AbortSignal): Promise<void> {
    await this.#remove(`sdkmessageprocessingstepimages(${imageId(id)})`, signal);
    await this.#remove(`sdkmessageprocessingsteps(${id})`, signal);
  }

  async #remove(path: string, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'DELETE', path }, [404], signal);
  }

  async #write(
    { set, id, columns, unread }: Wanted,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const readable = Object.entries(columns).filter(([name]) => !name.startsWith('_'));
    const body = { ...Object.fromEntries(readable), ...unread };
    // 412: somebody made it since the plan.
    await this.#send({ method: 'PATCH', path: `${set}(${id})`, headers, body }, [412], signal);
  }

  async #send(request: Parameters<WebApi['send']>[0], harmless: readonly number[], signal: AbortSignal): Promise<void> {
    try {
      await this.#options.api.send(request, 'write', signal);
    } catch (error) {
      if (error instanceof WebApiFailure && harmless.includes(error.status)) return;
      throw connectorErrorOf(error, `${request.method} ${request.path}`);
    }
  }

  async #found(path: string, signal: AbortSignal): Promise<Fields | undefined> {
    try {
      return objectOf((await this.#options.api.send({ method: 'GET', path }, 'read', signal)).body);
    } catch (error) {
      if (error instanceof WebApiFailure && error.status === 404) return undefined;
      throw connectorErrorOf(error, path);
    }
  }

  async #query(path: string, signal: AbortSignal): Promise<readonly Fields[]> {
    const { body } = await this.#options.api.read(path.split('?')[0] ?? path, path, signal);
    const rows = ownOf(objectOf(body) ?? {}, 'value');
    return Array.isArray(rows) ? (rows as readonly Fields[]) : [];
  }
}

function isSame(found: unknown, wanted: unknown): boolean {
  return typeof wanted === 'string' && typeof found === 'string'
    ? found.toLowerCase() === wanted.toLowerCase()
    : found === wanted;
}

function stepName(message: string, table: string): string {
  return `Signalbox: ${message} of ${table}`;
}

function stepId(endpoint: string, table: string, message: string): string {
  return stableId('dynamics365', 'step', endpoint, table, message);
}

function imageId(step: string): string {
  return stableId('dynamics365', 'image', step);
}

/** Whether a step is one that was made here: its name says of what, and its id follows from that. */
function isOwn(step: Fields, endpoint: string): boolean {
  const [, message = '', table = ''] = /^Signalbox: (\w+) of (\w+)$/.exec(textOf(step.name) ?? '') ?? [];
  return step.sdkmessageprocessingstepid === stepId(endpoint, table, message);
}

function imageOf(step: Wanted, message: Message): Wanted {
  return {
    set: 'sdkmessageprocessingstepimages',
    id: imageId(step.id),
    what: `image of ${step.what}`,
    columns: {
      name: imageName,
      entityalias: imageName,
      ...messages[message],
      _sdkmessageprocessingstepid_value: step.id,
    },
    unread: { 'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${step.id})` },
  };
}

/** As the service endpoint holds it: the key, or names and values in XML. */
function authValueOf(webhook: Webhook): string {
  if (webhook.kind === 'webhook-key') return webhook.key;
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  return `<settings><setting name="${escaped(webhook.name)}" value="${escaped(webhook.value)}" /></settings>`;
}
