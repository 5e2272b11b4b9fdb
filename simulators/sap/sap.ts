import { randomUUID } from 'node:crypto';
import { Access } from './http/access';
import { Sessions } from './http/sessions';
import type { TokenKeys } from './http/token-keys';
import { ArmedFaults } from './faults';
import { Idocs } from './idoc/idocs';
import { c4cEvents } from './mesh/c4c-events';
import { Mesh } from './mesh/mesh';
import { s4Events, type SystemEvent } from './mesh/s4-events';
import { Webhooks } from './mesh/webhooks';
import { c4cService } from './model/c4c';
import { c4cRules } from './model/c4c-rules';
import type { Rules } from './model/rules';
import { businessPartnerService, salesOrderService } from './model/s4';
import { s4Rules } from './model/s4-rules';
import { Numbers } from './model/stamps';
import type { ServiceModel } from './model/entity-type';
import { c4cDialect, s4Dialect, type Dialect } from './odata/dialect';
import { ODataSite, type WriteEntry } from './odata/odata-site';
import { Service } from './odata/service';
import { Store, type Change } from './odata/store';
import { Writing } from './odata/writing';
import type { SapOptions } from './options';
import { v2Event } from './v2/v2-events';
import { V2Site } from './v2/v2-site';
import { V2Store, type V2Author } from './v2/v2-store';

/** A system with its records and services. */
export interface SapSystem {
  readonly dialect: Dialect;
  readonly writing: Writing;
  readonly sessions: Sessions;
  readonly site: ODataSite;
  readonly models: readonly ServiceModel[];
}

/** Sales and Service Cloud V2, which has no OData. */
export interface V2System {
  readonly store: V2Store;
  readonly sessions: Sessions;
  readonly site: V2Site;
  /** Who writes through `admin`. */
  readonly person: () => V2Author;
}

/** What makes one of the two OData products out of the common parts. */
interface SystemPlan {
  readonly models: readonly ServiceModel[];
  readonly rules: Rules;
  readonly dialect: Dialect;
  readonly cookie: string;
  readonly csrfFor: 'basic' | 'all';
  readonly events: (changes: readonly Change[]) => readonly SystemEvent[];
  /** What else comes of a transaction. */
  readonly committed?: (changes: readonly Change[], store: Store) => void;
}

/** The landscape: S/4HANA, Cloud for Customer, Sales and Service Cloud V2, Event Mesh and who may use them. All of it lives in memory. */
export class Sap {
  readonly faults = new ArmedFaults();
  readonly numbers = new Numbers();
  readonly writes: WriteEntry[] = [];
  readonly access: Access;
  readonly mesh: Mesh;
  readonly webhooks: Webhooks;
  readonly idocs: Idocs;
  readonly s4: SapSystem;
  readonly c4c: SapSystem;
  readonly v2: V2System;
  /** V2 tenant, also that of C4C's events. */
  readonly tenant = '63d2b99cd28c19121118a781';
  /** Cuts the AMQP links; set by who serves them. */
  dropLinks: () => void = () => undefined;
  readonly #userIds = new Map<string, string>();

  constructor(
    readonly options: Required<SapOptions>,
    keys: TokenKeys,
  ) {
    const { pageSize, logicalSystem, clientId, clientSecret, basicUser, basicPassword } = options;
    const webhookClient = { clientId: 'sb-webhook!t1', clientSecret: randomUUID() };
    const credentials = { clientId, clientSecret, basicUser, basicPassword };
    this.access = new Access(credentials, webhookClient, options.tokenLifeMs, keys);
    this.mesh = new Mesh('default/signalbox/1', this.faults);
    this.webhooks = new Webhooks(this.mesh, {
      redeliveryMs: options.redeliveryMs,
      timeoutMs: options.webhookTimeoutMs,
      refuses: () => this.faults.take('refuseHandshake') !== undefined,
    });
    this.idocs = new Idocs(this.mesh, this.numbers, logicalSystem);
    this.s4 = this.#system({
      models: [businessPartnerService, salesOrderService],
      rules: s4Rules,
      dialect: s4Dialect(pageSize),
      cookie: 'SAP_SESSIONID_S4H_100',
      csrfFor: 'all',
      events: (changes) => s4Events(changes, logicalSystem),
      committed: (changes, from) => {
        this.idocs.committed(changes, from);
      },
    });
    const identity = { tenant: this.tenant, userId: (name: string) => this.userId(name) };
    this.c4c = this.#system({
      models: [c4cService(options.extensionFields)],
      rules: c4cRules,
      dialect: c4cDialect(pageSize, options.localisedTexts),
      cookie: 'SAP_SESSIONID_LXT_196',
      csrfFor: 'basic',
      events: (changes) => c4cEvents(changes, options.c4cEvents, identity),
    });
    this.v2 = this.#v2System();
  }

  /** The GUID of a user. */
  userId(name: string): string {
    const id = this.#userIds.get(name) ?? randomUUID();
    this.#userIds.set(name, id);
    return id;
  }

  /** The system that has an entity set. @throws where none has */
  systemOf(set: string): SapSystem {
    const systems = [this.s4, this.c4c];
    const found = systems.find(({ writing }) => writing.store.find(set) !== undefined);
    if (found !== undefined) return found;
    const sets = systems.flatMap(({ models }) => models.flatMap(({ types }) => types.map((type) => type.set)));
    throw new Error(`no entity set '${set}'; there are ${sets.join(', ')}`);
  }

  /** Ends every delivery. */
  close(): void {
    this.webhooks.close();
    this.mesh.close();
  }

  #emit(topic: string, event: object): void {
    this.mesh.emit(`${this.mesh.namespace}/${topic}`, JSON.stringify(event), 'application/cloudevents+json');
  }

  #v2System(): V2System {
    const { v2ExtensionFields, v2Denied, v2Csrf, sessionLifeMs, personUser } = this.options;
    const { access, faults, writes } = this;
    const store = new V2Store(this.numbers, v2ExtensionFields, (change) => {
      const { topic, event } = v2Event(this.tenant, change);
      this.#emit(topic, event);
    });
    const sessions = new Sessions('JSESSIONID', sessionLifeMs);
    const as = (name: string) => (): V2Author => ({ name, id: this.userId(name), at: Date.now() });
    const [author, person] = [as(access.credentials.basicUser), as(personUser)];
    const parts = { store, access, faults, sessions, author, person, writes, denied: v2Denied, csrf: v2Csrf };
    return { store, sessions, site: new V2Site(parts), person };
  }

  #system(plan: SystemPlan): SapSystem {
    const { models, dialect } = plan;
    const store: Store = new Store(models, (changes) => {
      for (const { topic, event } of plan.events(changes)) {
        this.#emit(topic, event);
      }
      plan.committed?.(changes, store);
    });
    const writing = new Writing(store, plan.rules, this.numbers, dialect);
    const sessions = new Sessions(plan.cookie, this.options.sessionLifeMs);
    const site = new ODataSite({
      services: models.map((model) => new Service(model, writing, dialect)),
      store,
      sessions,
      access: this.access,
      faults: this.faults,
      csrfFor: plan.csrfFor,
      user: this.access.credentials.basicUser,
      writes: this.writes,
    });
    return { dialect, writing, sessions, site, models };
  }
}
