import { randomUUID } from 'node:crypto';
import type { WriteEntry } from './api';
import { ArmedFaults } from './faults';
import type { Dynamics365Options } from './options';
import { Tokens } from '../kit/entra/tokens';
import type { TableDefinition } from './org/definitions';
import { Org } from './org/org';
import { standardRelationships, standardTables } from './org/tables';
import { Transaction, type Caller } from './org/transaction';
import type { WebContext } from './web/call';
import { Protection } from './web/protection';
import { seedMessages } from './webhooks/messages';
import { Webhooks } from './webhooks/webhooks';

const HOUR_MS = 3_600_000;

/** The Service Bus, which the same application may listen to. */
export const busAudience = 'https://servicebus.azure.net';

const tablesOf = ({ columns = {}, keys = {}, tables = [] }: Dynamics365Options): readonly TableDefinition[] => [
  ...standardTables.map((table) => ({
    ...table,
    attributes: [...table.attributes, ...(columns[table.name] ?? [])],
    keys: { ...table.keys, ...keys[table.name] },
  })),
  ...tables,
];

/** The whole organisation: rows, webhooks, tokens and faults. Everything lives in memory and ends with the process. */
export class Dynamics365 {
  readonly organizationId = randomUUID();
  readonly directoryId: string;
  readonly org: Org;
  readonly faults = new ArmedFaults();
  readonly tokens: Tokens;
  readonly protection: Protection;
  readonly webhooks: Webhooks;
  readonly writes: WriteEntry[] = [];
  readonly tracking = { expired: 0 };
  /** Ids of rows that the application may not read. */
  readonly hidden = new Set<string>();
  /** The systemuser of the application. */
  readonly applicationUserId: string;
  /** `http://127.0.0.1:port`, once it listens. */
  baseUrl = '';
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly options: Dynamics365Options,
    clientId: string,
  ) {
    this.directoryId = options.directoryId ?? randomUUID();
    this.org = new Org(tablesOf(options), standardRelationships);
    this.tokens = new Tokens(this.directoryId, options.tokenLifeMs ?? HOUR_MS - 1000);
    this.protection = new Protection(options.limits);
    const { org, organizationId, faults } = this;
    org.seed('businessunit', { name: 'signalbox' }, org.businessUnit.id);
    org.seed('transactioncurrency', { currencyname: 'US Dollar', isocurrencycode: 'USD', currencysymbol: '$' });
    this.applicationUserId = this.#user('# Signalbox', { applicationid: clientId });
    seedMessages(org);
    this.webhooks = new Webhooks({
      sender: {
        org,
        organizationId,
        organizationName: `unq${organizationId.replaceAll('-', '').slice(0, 29)}`,
        asyncOffset: options.asyncOffset ?? '-0700',
        requestIds: options.requestIds ?? true,
      },
      faults,
      domain: () => new URL(this.baseUrl).host,
      retryMs: options.retryMs ?? 1000,
      timeoutMs: options.webhookTimeoutMs ?? 60_000,
    });
  }

  /** What the Web API works on. */
  web(): WebContext {
    const { org, organizationId, tracking, hidden, writes, options } = this;
    const root = `${this.baseUrl}/api/data/v9.2`;
    return { org, root, organizationId, tracking, hidden, writes, pageSize: options.pageSize ?? 5000 };
  }

  /**
   * Runs writes as one transaction. Synchronous webhooks run before it commits and may refuse it, asynchronous ones after.
   * Transactions run one after the other, so that taking one back cannot touch what another wrote.
   */
  async transact<T>(caller: Caller, write: (transaction: Transaction) => T): Promise<T> {
    const turn = this.#turn.then(() => this.#run(caller, write));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The systemuserid of a person of that full name, made where there is none. */
  person(fullName: string): string {
    const known = this.org.table('systemuser').find({ fullname: fullName })[0];
    return known?.id ?? this.#user(fullName, { azureactivedirectoryobjectid: randomUUID() });
  }

  async #run<T>(caller: Caller, write: (transaction: Transaction) => T): Promise<T> {
    const transaction = new Transaction(caller);
    try {
      const result = write(transaction);
      await this.webhooks.runSynchronous(transaction);
      this.webhooks.startAsynchronous(transaction);
      return result;
    } catch (error) {
      transaction.rollback();
      throw error;
    }
  }

  #user(fullName: string, more: Record<string, string>): string {
    const [firstname = '', ...rest] = fullName.split(' ');
    const name = { fullname: fullName, firstname, lastname: rest.join(' ') };
    const domainname = `${fullName.toLowerCase().replace(/[^a-z]+/g, '.')}@signalbox.example`;
    const values = { ...name, domainname, internalemailaddress: domainname, businessunitid: this.org.businessUnit };
    return this.org.seed('systemuser', { ...values, ...more }).id;
  }
}
