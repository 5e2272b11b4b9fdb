import type { Body, Dynamics365Admin, PostCounts, PostEntry, Reference, WebhookTarget, WriteEntry } from './api';
import { busAudience, type Dynamics365 } from './dynamics';
import { causeFault } from './fault-actions';
import type { FaultRequest } from './faults';
import { assign, qualifyLead, setState, type Qualified } from './org/actions';
import type { Caller, Transaction } from './org/transaction';
import { Annotations } from './web/annotations';
import { renderRow, type Shown } from './web/render';
import { registerTarget, removeTarget } from './webhooks/registration';

const everything = new Annotations(new Map([['odata.include-annotations', '*']]));

/** Acts on the organisation as the people in it do, behind its API's back. */
export class Admin implements Dynamics365Admin {
  readonly #somebody: string;

  constructor(
    private readonly dynamics: Dynamics365,
    readonly stop: () => void,
  ) {
    this.#somebody = dynamics.person('Ann Day');
  }

  person(fullName: string): string {
    return this.dynamics.person(fullName);
  }

  async create(table: string, body: Body, as?: string): Promise<string> {
    const { org } = this.dynamics;
    return this.#write(as, (transaction) => org.insert(org.table(table), body, transaction).id);
  }

  async update(table: string, id: string, body: Body, as?: string): Promise<void> {
    const { org } = this.dynamics;
    await this.#write(as, (transaction) => {
      org.update(org.table(table), org.live(org.table(table), id), body, transaction);
    });
  }

  async remove(table: string, id: string, as?: string): Promise<void> {
    const { org } = this.dynamics;
    await this.#write(as, (transaction) => {
      org.remove(org.table(table), org.live(org.table(table), id), transaction);
    });
  }

  async assign(table: string, id: string, owner: Reference, as?: string): Promise<void> {
    await this.#write(as, (transaction) => assign(this.dynamics.org, { table, id }, owner, transaction));
  }

  async setState(table: string, id: string, state: number, status?: number, as?: string): Promise<void> {
    await this.#write(as, (transaction) => setState(this.dynamics.org, { table, id }, state, status, transaction));
  }

  async associate(from: Reference, relationship: string, to: Reference, as?: string): Promise<void> {
    await this.#write(as, (transaction) => {
      this.dynamics.org.associate(from, relationship, to, transaction, true);
    });
  }

  async disassociate(from: Reference, relationship: string, to: Reference, as?: string): Promise<void> {
    await this.#write(as, (transaction) => {
      this.dynamics.org.associate(from, relationship, to, transaction, false);
    });
  }

  async qualifyLead(leadId: string, as?: string): Promise<Qualified> {
    return this.#write(as, (transaction) => qualifyLead(this.dynamics.org, leadId, transaction));
  }

  async completeTask(taskId: string, as?: string): Promise<void> {
    await this.setState('task', taskId, 1, undefined, as);
  }

  async resolveCase(caseId: string, as?: string): Promise<void> {
    await this.setState('incident', caseId, 1, undefined, as);
  }

  hide(id: string): void {
    this.dynamics.hidden.add(id.toLowerCase());
  }

  records(table: string): readonly Shown[] {
    const { org } = this.dynamics;
    const { type, rows } = org.table(table);
    return [...rows.values()].map((row) => renderRow(org, type, row, everything));
  }

  record(table: string, id: string): Shown | undefined {
    const { org } = this.dynamics;
    const row = org.table(table).get(id);
    return row === undefined ? undefined : renderRow(org, org.table(table).type, row, everything);
  }

  tasks(): readonly Shown[] {
    return this.records('task');
  }

  registerWebhook(target: WebhookTarget): string {
    return registerTarget(this.dynamics.org, target);
  }

  removeWebhook(endpointId: string): void {
    removeTarget(this.dynamics.org, endpointId);
  }

  posts(): readonly PostEntry[] {
    return this.dynamics.webhooks.entries;
  }

  counts(): PostCounts {
    return this.dynamics.webhooks.counts();
  }

  async idle(): Promise<void> {
    await this.dynamics.webhooks.idle();
  }

  writes(): readonly WriteEntry[] {
    return this.dynamics.writes;
  }

  busTokenEnd(token: string): number | undefined {
    return this.dynamics.tokens.find(token, busAudience)?.expiresAt;
  }

  fault(request: FaultRequest): void {
    causeFault(this.dynamics, request);
  }

  faults(): readonly { readonly kind: string; readonly left: number }[] {
    return this.dynamics.faults.list();
  }

  #write<T>(as: string | undefined, write: (transaction: Transaction) => T): Promise<T> {
    const caller: Caller = { userId: as ?? this.#somebody, bypass: [], userAgent: '', detectsDuplicates: false };
    return this.dynamics.transact(caller, write);
  }
}
