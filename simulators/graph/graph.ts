import { randomUUID } from 'node:crypto';
import { Tokens } from '../kit/entra/tokens';
import { ArmedFaults, armedFaults, type FaultRequest, type ImmediateFault, immediateFaults } from './faults';
import { Mailboxes } from './mailbox/mailboxes';
import { Delivery } from './notifications/delivery';
import { Subscriptions } from './notifications/subscriptions';
import type { GraphOptions } from './options';
import { Plans } from './planner/plans';
import { badRequest } from './refusal';
import { Deltas } from './web/delta';

const HOUR_MS = 3_600_000;

/** The whole directory: mailboxes, subscriptions, tokens and faults. Everything lives in memory and ends with the process. */
export class Graph {
  readonly directoryId: string;
  readonly mailboxes = new Mailboxes();
  readonly deltas: Deltas;
  readonly plans = new Plans();
  readonly faults = new ArmedFaults();
  readonly tokens: Tokens;
  readonly subscriptions: Subscriptions;
  readonly delivery: Delivery;
  /** Application permissions that an administrator has consented to. */
  readonly roles: readonly string[];
  /** `http://127.0.0.1:port`, once it listens. */
  baseUrl = '';

  constructor(options: GraphOptions) {
    this.directoryId = options.directoryId ?? randomUUID();
    this.deltas = new Deltas(this.mailboxes, this.faults);
    this.roles = options.roles ?? ['Mail.ReadWrite', 'Calendars.ReadWrite', 'Tasks.ReadWrite.All'];
    this.tokens = new Tokens(this.directoryId, options.tokenLifeMs ?? HOUR_MS - 1000, this.roles);
    const { mailboxes, faults, directoryId } = this;
    this.subscriptions = new Subscriptions({ mailboxes, handshakeMs: options.handshakeMs ?? 10_000 });
    this.delivery = new Delivery({
      subscriptions: this.subscriptions,
      faults,
      directoryId,
      issuer: () => `${this.baseUrl}/${directoryId}/v2.0`,
      retryMs: options.retryMs ?? 1000,
      attempts: options.attempts ?? 5,
    });
    mailboxes.onChange((change, item) => {
      this.delivery.tell(change, item);
    });
  }

  /** Arms a fault or carries it out. @throws Refusal for an unknown kind */
  fault(request: FaultRequest): void {
    const { kind } = request;
    if (isOneOf(immediateFaults, kind)) this.#immediately(kind);
    else if (isOneOf(armedFaults, kind)) this.faults.arm(kind, request);
    else
      throw badRequest(`Unknown fault '${String(kind)}'. Known are ${[...armedFaults, ...immediateFaults].join(', ')}`);
  }

  #immediately(kind: ImmediateFault): void {
    const { subscriptions, delivery, tokens, faults } = this;
    switch (kind) {
      case 'tokenExpiry':
        tokens.revokeAll();
        break;
      case 'expiredSubscriptions':
        for (const ended of subscriptions.expireAll()) delivery.tellLifecycle(ended, 'subscriptionRemoved');
        break;
      case 'reauthorization':
        for (const one of subscriptions.live()) delivery.tellLifecycle(one, 'reauthorizationRequired');
        break;
      case 'missed':
        for (const one of subscriptions.live()) delivery.tellLifecycle(one, 'missed');
        break;
      case 'clear':
        faults.clear();
        delivery.releaseHeld();
    }
  }
}

const isOneOf = <K extends string>(kinds: readonly K[], kind: string): kind is K =>
  (kinds as readonly string[]).includes(kind);
