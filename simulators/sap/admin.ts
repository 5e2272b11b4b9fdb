import type { FaultRequest } from './faults';
import { causeFault } from './fault-actions';
import { idocTopic } from './idoc/idocs';
import type { Published } from './mesh/mesh';
import type { Delivery, WebhookAuth } from './mesh/webhook';
import type { WriteEntry } from './odata/odata-site';
import { renderRow } from './odata/render';
import type { Author, Row, Transaction } from './odata/store';
import type { Body } from './odata/writing';
import { keyText } from './odata/store';
import type { Sap, SapSystem } from './sap';
import { V2Admin } from './v2/v2-admin';
import { v2Objects } from './v2/v2-objects';

/** A webhook that a test or a demo registers directly. */
export interface SubscribeRequest {
  /** Absolute URL that takes OPTIONS and POST. */
  readonly endpoint: string;
  /** Of the subscription and its queue; `signalbox` where absent. */
  readonly name?: string;
  /** Topic patterns; everything of both systems where absent. */
  readonly topics?: readonly string[];
  readonly auth?: WebhookAuth;
  /** Deliver without asking first. */
  readonly exemptHandshake?: boolean;
  /** `application/json` mislabels CloudEvents, as many systems do. */
  readonly contentType?: string;
}

/** An HTTP endpoint that takes IDocs in XML. */
export interface IdocRequest {
  readonly endpoint: string;
  /** Of the port and its queue; `idocs` where absent. */
  readonly name?: string;
  /** `DEBMAS` and `ORDERS` where absent. */
  readonly messageTypes?: readonly ('DEBMAS' | 'ORDERS')[];
  readonly auth?: WebhookAuth;
  /** Leave EDI_DC40 out, as many producers do. */
  readonly withoutControl?: boolean;
}

/** How much there is of everything. */
export interface Counts {
  readonly records: Readonly<Record<string, number>>;
  /** Events emitted, lost ones too. */
  readonly emitted: number;
  /** Pushes that were answered with 2xx. */
  readonly delivered: number;
  /** Pushes that were refused or not answered. */
  readonly refused: number;
  /** Messages in queues that nobody has settled. */
  readonly pending: number;
  /** How often a message was handed out of a queue. */
  readonly handedOut: number;
}

/** What a test or a demo may do to the landscape behind its APIs' back; over HTTP and as methods. */
export class Admin {
  /** Records of Sales and Service Cloud V2. */
  readonly v2: V2Admin;

  constructor(
    private readonly sap: Sap,
    /** Stops the simulator. */
    readonly stop: () => void,
  ) {
    this.v2 = new V2Admin(sap.v2.store, sap.v2.person);
  }

  /**
   * Creates a record as a person in the user interface, who may also set what is read-only for callers.
   * Answers its id: the key of S/4 sets with one key, the ObjectID of C4C sets, else the whole key.
   * @throws ODataError where the system refuses it
   */
  create(set: string, body: Body): string {
    const { writing } = this.sap.systemOf(set);
    const table = writing.store.table(set);
    return idOf(this.#as(set, (transaction) => writing.insert(transaction, table, body)));
  }

  /** Changes a record as a person. @throws ODataError */
  update(set: string, id: string, body: Body): void {
    const row = this.#row(set, id);
    this.#as(set, (transaction) => {
      this.sap.systemOf(set).writing.update(transaction, row, body);
    });
  }

  /** Deletes a record as a person. @throws ODataError where such records cannot be deleted */
  remove(set: string, id: string): void {
    const row = this.#row(set, id);
    this.#as(set, (transaction) => {
      this.sap.systemOf(set).writing.remove(transaction, row);
    });
  }

  /** All records of a set as its service shows them. */
  records(set: string): readonly Record<string, unknown>[] {
    const system = this.sap.systemOf(set);
    return [...system.writing.store.table(set).rows.values()].map((row) => this.#show(system, row));
  }

  /** One record as its service shows it, with its ETag in `__metadata.etag`. @throws ODataError 404 */
  record(set: string, id: string): Record<string, unknown> {
    return this.#show(this.sap.systemOf(set), this.#row(set, id));
  }

  /** Activity tasks of C4C. */
  tasks(): readonly Record<string, unknown>[] {
    return this.records('TaskCollection');
  }

  /** Tickets of C4C. */
  tickets(): readonly Record<string, unknown>[] {
    return this.records('ServiceRequestCollection');
  }

  /** Notes of a kind of object: of tickets where the set is not given. */
  notes(set = 'ServiceRequestDescriptionCollection'): readonly Record<string, unknown>[] {
    return this.records(set);
  }

  /** Everything that was emitted, in order. */
  events(): readonly Published[] {
    return this.sap.mesh.published;
  }

  /** Every try to deliver to a webhook. */
  deliveries(): readonly Delivery[] {
    return this.sap.webhooks.deliveries();
  }

  /** Every write that reached a service. */
  writes(): readonly WriteEntry[] {
    return this.sap.writes;
  }

  /** Registers a webhook with a queue of its own and asks it whether it wants to be called; answers what came of it. */
  async subscribe(
    request: SubscribeRequest,
  ): Promise<{ readonly name: string; readonly active: boolean; readonly reason: string }> {
    const { name = 'signalbox', topics = [`${this.sap.mesh.namespace}/ce/*`] } = request;
    const queue = this.sap.mesh.queue(name);
    for (const topic of topics) queue.topics.add(topic);
    const subscription = this.sap.webhooks.add({
      name,
      queue: name,
      endpoint: request.endpoint,
      auth: request.auth ?? { kind: 'none' },
      exemptHandshake: request.exemptHandshake ?? false,
      ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
    });
    const active = await subscription.handshake();
    return { name, active, reason: subscription.status.subscriptionStatusReason };
  }

  /** Makes a queue to be taken from over AMQP or REST, which gets what is published to the topics: everything where absent. */
  makeQueue(name: string, topics: readonly string[] = [`${this.sap.mesh.namespace}/ce/*`]): void {
    const queue = this.sap.mesh.queue(name);
    for (const topic of topics) queue.topics.add(topic);
  }

  /** Sets an outbound port up that posts an IDoc for every changed business partner and sales order. */
  async subscribeIdocs(request: IdocRequest): Promise<void> {
    const { name = 'idocs', messageTypes = ['DEBMAS', 'ORDERS'] } = request;
    const queue = this.sap.mesh.queue(name);
    for (const messageType of messageTypes) queue.topics.add(idocTopic(messageType));
    this.sap.idocs.port = { withControl: request.withoutControl !== true };
    const { endpoint, auth = { kind: 'none' } } = request;
    const target = { name, queue: name, endpoint, auth, exemptHandshake: true, plain: true };
    await this.sap.webhooks.add(target).handshake();
  }

  /** Ends a webhook's subscription; its queue keeps what was not taken. */
  unsubscribe(name = 'signalbox'): void {
    this.sap.webhooks.remove(name);
  }

  /** How much there is of everything. */
  counts(): Counts {
    const deliveries = this.deliveries();
    const delivered = deliveries.filter(({ status }) => status >= 200 && status < 300).length;
    const tables = [this.sap.s4, this.sap.c4c].flatMap(({ models, writing }) =>
      models.flatMap(({ types }) => types.map(({ set }) => [set, writing.store.table(set).rows.size] as const)),
    );
    const v2 = v2Objects.map(({ set }) => [set, this.v2.records(set).length] as const);
    const queues = [...this.sap.mesh.queues.values()];
    return {
      records: Object.fromEntries([...tables, ...v2]),
      emitted: this.events().length,
      delivered,
      refused: deliveries.length - delivered,
      pending: queues.reduce((sum, { pending }) => sum + pending, 0),
      handedOut: queues.reduce((sum, { handedOut }) => sum + handedOut, 0),
    };
  }

  /** Arms a fault or carries it out. @throws where the kind is unknown */
  fault(request: FaultRequest): void {
    causeFault(this.sap, request);
  }

  /** The faults waiting to strike. */
  faults(): readonly { readonly kind: string; readonly left: number }[] {
    return this.sap.faults.list();
  }

  #as<T>(set: string, write: (transaction: Transaction) => T): T {
    const author: Author = { user: this.sap.options.personUser, technical: false, at: Date.now() };
    return this.sap.systemOf(set).writing.store.transact(author, write);
  }

  #row(set: string, id: string): Row {
    const table = this.sap.systemOf(set).writing.store.table(set);
    return table.get(id.includes("'") ? id : `'${id}'`);
  }

  #show({ dialect, writing, models }: SapSystem, row: Row): Record<string, unknown> {
    const model = models.find(({ types }) => types.includes(row.type));
    const context = {
      dialect,
      store: writing.store,
      namespace: model?.namespace ?? '',
      serviceUrl: model?.path ?? '',
      withoutCodeTexts: false,
    };
    return renderRow(context, row, { expand: [] });
  }
}

const idOf = (row: Row): string => {
  const key = keyText(row.type, row.values);
  return key.includes(',') ? key : key.slice(1, -1).replaceAll("''", "'");
};
