import { causeFault, topicNamed } from './fault-actions';
import type { FaultRequest } from './faults';
import type { StoredEvent } from './bus/event-log';
import type { FieldDefinition } from './org/definitions';
import { recordId } from './org/ids';
import type { RecordBody } from './org/org';
import { envelopeOf } from './outbound/envelope';
import type { OutboundAttempt } from './outbound/sender';
import type { WriteEntry } from './rest/call';
import { renderRecord } from './rest/render';
import type { Salesforce } from './salesforce';

/** An event of the log, decoded, as `GET /simulator/events` shows it. 64-bit numbers are strings. */
export interface ShownEvent {
  readonly id: string;
  readonly schemaId: string;
  /** Base64. */
  readonly replayId: string;
  /** Epoch milliseconds of publication. */
  readonly at: number;
  /** Base64 of the Avro bytes. */
  readonly payload: string;
  /** The decoded payload; absent where the bytes do not decode. */
  readonly decoded?: unknown;
}

/** The ids a lead conversion made. */
export interface Conversion {
  readonly leadId: string;
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId?: string;
}

/** What a flow's action sends, and where. */
export interface OutboundRequest {
  readonly url: string;
  /** Of one object, 100 at most: the service puts as many into one message. */
  readonly ids: readonly string[];
  /** Fields beside the Id. */
  readonly fields: readonly string[];
  /** Sends a session of the user who caused it along. */
  readonly sessionId?: string;
}

/** What a test or a demo may do to the org behind its API's back; over HTTP and as methods. */
export class Admin {
  #notifications = 0;

  constructor(
    private readonly salesforce: Salesforce,
    /** Stops the simulator. */
    readonly stop: () => void,
  ) {}

  /** Arms a fault or carries it out. @throws Refusal for an unknown kind or a missing member */
  fault(request: FaultRequest): void {
    causeFault(this.salesforce, request);
  }

  /** The faults waiting to strike. */
  faults(): readonly { readonly kind: string; readonly left: number }[] {
    return this.salesforce.faults.list();
  }

  /** All records of an object as REST would show them, deleted ones too. */
  records(object: string): readonly Record<string, unknown>[] {
    const { type, rows } = this.salesforce.org.table(object);
    return [...rows.values()].map((row) => renderRecord(type, row.values, '/services/data/v62.0'));
  }

  /** The retained events of a topic, decoded. */
  events(topic: string): readonly ShownEvent[] {
    return topicNamed(this.salesforce, topic).events.map((event) => this.#show(event));
  }

  /** The query jobs of the Bulk API that are there, by id and state. */
  jobs(): readonly { readonly id: string; readonly state: string }[] {
    return this.salesforce.rest.jobs.all.map(({ id, state }) => ({ id, state }));
  }

  /** Events handed out on all streams so far. */
  delivered(): number {
    return this.salesforce.bus.log.delivered;
  }

  /** Data requests of the day so far. */
  requests(): number {
    return this.salesforce.rest.usage.used;
  }

  /** Every REST write so far. */
  writes(): readonly WriteEntry[] {
    return this.salesforce.rest.writes.entries;
  }

  /** Creates a record as the org's own user; answers the id. @throws Refusal */
  create(object: string, body: RecordBody): string {
    const table = this.salesforce.org.table(object);
    return this.salesforce.transact(this.salesforce.insider(), (transaction) =>
      this.salesforce.org.insert(table, body, transaction),
    ).id;
  }

  /** Changes a record as the org's own user, who may also set what is read-only for callers. @throws Refusal */
  update(id: string, body: RecordBody): void {
    const { org } = this.salesforce;
    const table = org.tableOfId(id) ?? org.table('');
    const row = org.live(table, id);
    this.salesforce.transact(this.salesforce.insider(true), (transaction) => org.update(table, row, body, transaction));
  }

  /** Deletes a record as the org's own user. @throws Refusal */
  remove(id: string): void {
    const { org } = this.salesforce;
    const table = org.tableOfId(id) ?? org.table('');
    const row = org.live(table, id);
    this.salesforce.transact(this.salesforce.insider(), (transaction) => {
      org.remove(table, row, transaction);
    });
  }

  /** Takes a record out of the recycle bin as the org's own user. @throws Refusal */
  undelete(id: string): void {
    const { org } = this.salesforce;
    const table = org.tableOfId(id) ?? org.table('');
    this.salesforce.transact(this.salesforce.insider(), (transaction) => org.restore(table, id, transaction));
  }

  /** Converts a lead as the org does: account, contact, opportunity and the lead's update in one transaction. @throws Refusal */
  convertLead(leadId: string, withOpportunity = true): Conversion {
    const { org } = this.salesforce;
    const leads = org.table('Lead');
    const lead = org.live(leads, leadId);
    const { FirstName, LastName, Company, Phone, Email, Title, LeadSource } = lead.values;
    return this.salesforce.transact(this.salesforce.insider(true), (transaction) => {
      const account = org.insert(
        org.table('Account'),
        { Name: Company, Phone, AccountSource: LeadSource },
        transaction,
      );
      const person = { FirstName, LastName, Phone, Email, Title, LeadSource, AccountId: account.id };
      const contact = org.insert(org.table('Contact'), person, transaction);
      const closeDate = new Date(transaction.now + 30 * 86_400_000).toISOString().slice(0, 10);
      const deal = {
        Name: `${String(Company)}-`,
        AccountId: account.id,
        StageName: 'Prospecting',
        CloseDate: closeDate,
        LeadSource,
      };
      const opportunity = withOpportunity ? org.insert(org.table('Opportunity'), deal, transaction) : undefined;
      const converted = {
        Status: 'Closed - Converted',
        IsConverted: true,
        ConvertedAccountId: account.id,
        ConvertedContactId: contact.id,
        ...(opportunity === undefined ? {} : { ConvertedOpportunityId: opportunity.id }),
      };
      org.update(leads, lead, converted, transaction);
      return {
        leadId: lead.id,
        accountId: account.id,
        contactId: contact.id,
        ...(opportunity === undefined ? {} : { opportunityId: opportunity.id }),
      };
    });
  }

  /** Completes a task as its owner would. @throws Refusal */
  completeTask(taskId: string): void {
    this.update(taskId, { Status: 'Completed' });
  }

  /** Closes a case as an agent would. @throws Refusal */
  closeCase(caseId: string): void {
    this.update(caseId, { Status: 'Closed' });
  }

  /** Gives cases to a user or queue from now on, by the org's assignment rule. */
  assignCases(ownerId: string): void {
    this.salesforce.org.caseOwner = ownerId;
  }

  /** Has an outbound message sent about records, as a flow or a workflow rule does. @throws Refusal */
  sendOutbound({ url, ids, fields, sessionId }: OutboundRequest): void {
    const { org, orgId, outbound } = this.salesforce;
    const notified = ids.slice(0, 100).map((id) => {
      const table = org.tableOfId(id) ?? org.table('');
      return { id: recordId('04l', ++this.#notifications), type: table.type, values: org.live(table, id).values };
    });
    const head = { organizationId: orgId, actionId: recordId('04k', 1), sessionId };
    outbound.send(url, envelopeOf(head, notified, fields));
  }

  /** Every attempt at an outbound message so far. */
  outboundAttempts(): readonly OutboundAttempt[] {
    return this.salesforce.outbound.attempts;
  }

  /** Resolves when every outbound message was acknowledged or dropped. */
  outboundIdle(): Promise<void> {
    return this.salesforce.outbound.idle();
  }

  /** Adds fields to an object at run time: its events get a new schema, old events keep theirs. */
  addFields(object: string, fields: readonly FieldDefinition[]): void {
    const { org, bus } = this.salesforce;
    const { definition } = org.table(object).type;
    bus.defineObject(org.define({ ...definition, fields: [...definition.fields, ...fields] }));
  }

  /** Takes fields away from an object at run time. */
  removeFields(object: string, names: readonly string[]): void {
    const { org, bus } = this.salesforce;
    const { definition } = org.table(object).type;
    const fields = definition.fields.filter((field) => !names.includes(field.name));
    bus.defineObject(org.define({ ...definition, fields }));
  }

  /** Ends the retention of every event stored so far. */
  expireEvents(): void {
    this.salesforce.bus.log.expireAll();
  }

  #show(event: StoredEvent): ShownEvent {
    const base = {
      id: event.id,
      schemaId: event.schemaId,
      replayId: event.replayId.toString('base64'),
      at: event.at,
      payload: event.payload.toString('base64'),
    };
    try {
      const decoded: unknown = this.salesforce.bus.schemas.get(event.schemaId)?.type.fromBuffer(event.payload);
      const plain: unknown = JSON.parse(
        JSON.stringify(decoded, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
      );
      return { ...base, decoded: plain };
    } catch {
      // Malformed on request: the bytes are all there is.
      return base;
    }
  }
}
