import { EventBus } from './bus/event-bus';
import type { TopicLog } from './bus/event-log';
import { ManagedSubscriptions } from './bus/managed-subscriptions';
import { PubSubServer } from './bus/pubsub-server';
import { CometdServer } from './cometd/cometd-server';
import { ArmedFaults } from './faults';
import { writerKey, type SalesforceOptions } from './options';
import type { FieldDefinition } from './org/definitions';
import { recordId } from './org/ids';
import { Org } from './org/org';
import { OutboundSender } from './outbound/sender';
import { standardObjects } from './org/standard-objects';
import { Transaction, type Author } from './org/transaction';
import { WriteLog, type RestContext } from './rest/call';
import { BulkJobs } from './rest/bulk-jobs';
import { Cursors } from './rest/cursors';
import { Sessions } from './sessions';

const HOUR_MS = 3_600_000;

/** Where changes made inside the org come from: the origin that Lightning Experience leaves in events. */
const lightningOrigin = 'com/salesforce/api/soap/62.0;client=SfdcInternalAPI/';

const allocationsOf = ({ dailyRequests = 100_000, dailyEvents = 50_000 }: SalesforceOptions) => ({
  usage: { used: 0, limit: dailyRequests },
  dailyEvents,
});

/** The standard objects with the fields that are added to them, and the org's own objects. */
function definitionsWith({ fields = {}, objects = [] }: SalesforceOptions): ConstructorParameters<typeof Org>[0] {
  const extra: Readonly<Record<string, readonly FieldDefinition[]>> = {
    ...fields,
    Task: [...(fields['Task'] ?? []), writerKey],
    Case: [...(fields['Case'] ?? []), writerKey],
  };
  const standard = standardObjects.map((object) => ({
    ...object,
    fields: [...object.fields, ...(extra[object.name] ?? [])],
  }));
  return [...standard, ...objects];
}

/** The whole org: records, event bus, sessions and faults. Everything lives in memory and ends with the process. */
export class Salesforce {
  readonly orgId = recordId('00D', 1);
  readonly org: Org;
  readonly bus: EventBus;
  readonly sessions: Sessions;
  readonly faults = new ArmedFaults();
  readonly outbound: OutboundSender;
  readonly pubsub: PubSubServer;
  readonly cometd: CometdServer;
  readonly rest: RestContext;

  constructor(readonly options: SalesforceOptions) {
    this.org = new Org(definitionsWith(options));
    this.outbound = new OutboundSender({ retryMs: options.outboundRetryMs ?? 1000, lifeMs: 24 * HOUR_MS });
    this.sessions = new Sessions(this.orgId, options.tokenLifeMs ?? 2 * HOUR_MS);
    this.bus = new EventBus({
      mergeChanges: options.mergeChanges ?? false,
      copies: () => (this.faults.take('duplicateEvents') === undefined ? 1 : 2),
      onAppend: (topics: readonly TopicLog[]) => {
        this.pubsub.notify(topics);
        this.cometd.notify();
      },
    });
    for (const { type } of this.org.tables) this.bus.defineObject(type);
    for (const event of options.platformEvents ?? []) this.bus.definePlatformEvent(event);
    this.pubsub = this.#pubsub();
    this.cometd = this.#cometd();
    this.rest = {
      org: this.org,
      bus: this.bus,
      faults: this.faults,
      cursors: new Cursors(),
      jobs: new BulkJobs(),
      writes: new WriteLog(),
      orgId: this.orgId,
      ...allocationsOf(options),
    };
  }

  /** Runs writes as one transaction and emits their events; takes all of them back where one is refused. */
  transact<T>(author: Author, write: (transaction: Transaction) => T): T {
    const transaction = new Transaction(author);
    try {
      const result = write(transaction);
      this.bus.commit(transaction);
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  /** The org's own user, who works in the browser. */
  insider(privileged = false): Author {
    return { userId: this.org.defaultOwner, origin: lightningOrigin, privileged };
  }

  /** The user of a name, made if there is none; answers the id. */
  user(username: string, lastName: string): string {
    const table = this.org.table('User');
    const known = table.find('Username', username)[0];
    if (known !== undefined) return known.id;
    const author: Author = { userId: recordId('005', table.rows.size + 1), origin: '' };
    const body = { Username: username, LastName: lastName, Email: username, Alias: lastName.slice(0, 8).toLowerCase() };
    // Users exist before anybody listens: no events.
    return this.org.insert(table, body, new Transaction(author)).id;
  }

  #cometd(): CometdServer {
    const { pollMs = 110_000, sessionMs = 40_000 } = this.options;
    return new CometdServer({
      bus: this.bus,
      isTokenValid: (token) => this.sessions.find(token) !== undefined,
      strike: (fault) => this.faults.take(fault) !== undefined,
      pollMs,
      sessionMs,
    });
  }

  #pubsub(): PubSubServer {
    const { options } = this;
    return new PubSubServer({
      bus: this.bus,
      orgId: this.orgId,
      managed: new ManagedSubscriptions(this.bus.log, options.managedSubscriptions ?? []),
      isTokenValid: (token) => this.sessions.find(token) !== undefined,
      publishIdleMs: options.publishIdleMs ?? 70_000,
      subscription: {
        keepaliveMs: options.keepaliveMs ?? 270_000,
        idleMs: options.idleMs ?? 60_000,
        expiredReplayIdError:
          options.expiredReplayIdError === 'validation.failed' ? 'replayExpired' : 'replayCorrupted',
        strike: (fault) => this.faults.take(fault) !== undefined,
      },
    });
  }
}
