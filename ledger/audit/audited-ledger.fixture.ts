import type { Kysely } from 'kysely';
import type { databases, LedgerDatabase } from '../../test/database';
import { recordKey } from '../../canonical-schema/identity';
import { openMemory, openPostgres, type Database } from '../database';
import { overDatabase, type Ledger } from '../ledger';
import { migrate } from '../migrate';
import { sampleAttempt, sampleBatch, sampleDecision, sampleEvent } from '../sample.fixture';
import type { Schema } from '../schema';
import { facts as sealedFacts } from './facts';
import { verify, type Verified } from './verify';

export const lead = 'lead/00Q000000000001AAA';
export const other = 'lead/00Q000000000002AAA';
const year2000 = '2000-01-01T00:00:00.000Z';

/** A ledger with a chain, and the database under it. */
export class AuditedLedger {
  tenant = '';
  private counter = 0;

  private constructor(
    readonly place: LedgerDatabase,
    readonly opened: Database,
    readonly ledger: Ledger,
  ) {}

  static async in({ open }: (typeof databases)[number]): Promise<AuditedLedger> {
    const place = await open();
    const opened = await openAt(place);
    return new AuditedLedger(place, opened, overDatabase(opened));
  }

  get database(): Kysely<Schema> {
    return this.opened.kysely;
  }

  /** Another process's; of PGlite in memory there is one alone. */
  second(): Promise<Database> {
    return this.place.url === undefined ? Promise.resolve(this.opened) : openAt(this.place);
  }

  begin(): void {
    this.counter += 1;
    this.tenant = `acme${this.counter}`;
  }

  async close(): Promise<void> {
    await this.ledger.close();
    await this.place.stop();
  }

  /** Something of every kind, of two records. */
  async history(): Promise<void> {
    const { ledger, tenant } = this;
    const events = [1, 2, 3].flatMap((n) => [sampleEvent(tenant, n, lead), sampleEvent(tenant, n, other)]);
    await ledger.recordBatch(tenant, sampleBatch('b1', events));
    for (const event of events) {
      const decision = sampleDecision(event);
      const { source } = event;
      const ran = { ...sampleAttempt(decision, '00T1'), engagement: `e/${decision.subject}`, at: decision.decidedat };
      await ledger.recordActions([ran]);
      await ledger.recordOutcome(tenant, {
        engagement: ran.engagement,
        decisionid: decision.id,
        label: 'won',
        at: decision.decidedat,
      });
      const { id, subject, usecase, reasons } = decision;
      const proposal = {
        id,
        decisionid: id,
        engagement: ran.engagement,
        source,
        subject,
        usecase,
        connection: 'sales',
        reasons,
        actions: [ran.action],
      };
      await ledger.proposals.open(tenant, {
        ...proposal,
        score: 0.71,
        band: 'hot',
        since: decision.decidedat,
        until: '2026-02-01T00:00:00.000Z',
      });
    }
    await ledger.proposals.settle(tenant, `${lead}-1:lead-scoring`, {
      ...{ status: 'approved', by: 'ina', reason: 'she asked', at: '2026-01-02T00:00:00.000Z' },
    });
    const change = {
      usecase: 'lead-scoring',
      digest: 'd2',
      before: 'd1',
      followsfile: false,
      by: 'Ada',
      reason: 'better',
      gate: [],
    };
    await ledger.champions.change(tenant, { ...change, kind: 'promoted' }, 0);
    await ledger.tenants.apply(
      tenant,
      { digest: 'd', document: { tenant }, policies: {}, changes: ['+ all'], by: 'Ada' },
      0,
    );
  }

  /**
   * An erasure that is done and was lifted, and a retention, of records of their own.
   * @param erased as the erasure names its record: by key, or by subject alone as before there were keys
   */
  async lawfulChanges(erased = recordKey(sampleEvent(this.tenant, 1, other))): Promise<void> {
    const { ledger, tenant } = this;
    await this.erase(erased);
    const [row] = await ledger.erasures.list(tenant, other);
    await ledger.erasures.lift(tenant, row?.id ?? '', { by: 'Ada', reason: 'came back' });
    await ledger.purge(tenant, { eventsBefore: year2000, decisionsBefore: '2026-01-01T00:00:02.000Z' });
  }

  private async erase(record: string): Promise<void> {
    const { ledger, tenant } = this;
    const subjects = [record];
    const id = await ledger.erasures.begin(tenant, {
      asked: record,
      subjects,
      marks: ['x'],
      by: 'Ada',
      reason: 'asked',
    });
    await ledger.erasures.finish(tenant, id, await ledger.erasures.erase(tenant, subjects, []));
  }

  /** What is found after a change that nobody is to see; it is undone. */
  async foundAfter(change: (transaction: Kysely<Schema>) => Promise<unknown>, facts = sealedFacts): Promise<Verified> {
    const { database, tenant } = this;
    let found: Verified | undefined;
    await database
      .transaction()
      .execute(async (transaction) => {
        await change(transaction);
        found = await verify(transaction, tenant, { facts });
        throw new Error('undone');
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'undone') throw error;
      });
    if (found === undefined) throw new Error('nothing was verified');
    return found;
  }
}

function openAt({ url }: LedgerDatabase): Promise<Database> {
  return url === undefined ? openMemory(migrate) : openPostgres(url, migrate);
}
