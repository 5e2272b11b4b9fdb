import type { CanonicalEvent } from '../canonical-schema/event';
import { orderOf } from '../canonical-schema/order';
import { CustomerWalk, indexKeys, type KeyHolder, type Ledger, type Relatives as Read } from '../ledger/ledger';
import { ExpressionError } from '../tenants/expression';
import type { Identity } from '../tenants/identity';
import { relatedFacts, timeOf, type RelatedFacts, type RelatedRecord } from '../tenants/related';
import type { Tenant, UseCase } from '../tenants/tenant';
import { merge, type Snapshot } from './merge';

/** What a record was after one of its events. */
interface Version {
  readonly holder: KeyHolder;
  readonly sequence: string;
  /** Absent where no use case asks for records of the kind. */
  readonly record?: RelatedRecord['record'];
}

type KeysOf = (event: CanonicalEvent, state: Snapshot) => Promise<KeyHolder>;

/** A deleted record is nobody's. */
const keysBy =
  (identity: Identity): KeysOf =>
  async ({ connection, subject, data }, state) => ({
    subject,
    connection,
    ...(state.deleted ? { own: [], shared: [] } : await identity.keysOf(connection, data.entity, state.record)),
  });

/** The customers of a batch's records: what each is known by, and what was known of the others when an event happened. */
export class Relatives {
  /** What a record is known by after the event, by the event's id. */
  readonly keys = new Map<string, KeyHolder>();
  /** Of each record in the order of its life, as far back as is asked for. */
  private readonly versions = new Map<string, Version[]>();

  private constructor(private readonly keysOf: KeysOf | undefined) {}

  /**
   * Reads all that the batch may want to know of its customers. A tenant without identity rules reads nothing, nor does a batch
   * that no use case with `related` asks about.
   * @param events those that are to be decided, in order
   * @param known the records before the batch, and `hydrated` what was read of those that came incomplete
   */
  static async of(
    ledger: Ledger,
    tenant: Tenant,
    events: readonly CanonicalEvent[],
    known: ReadonlyMap<string, Snapshot>,
    hydrated: ReadonlyMap<string, CanonicalEvent | undefined>,
  ): Promise<Relatives> {
    if (tenant.identity === undefined) return new Relatives(undefined);
    const keysOf = keysBy(tenant.identity);
    const relatives = new Relatives(keysOf);
    const wanted = Object.values(tenant.useCases).flatMap((useCase) =>
      events.some((event) => isAbout(useCase, event)) ? (useCase.related ?? []) : [],
    );
    if (wanted.length === 0) return relatives;
    const states = new Map(known);
    const starts: KeyHolder[] = [];
    for (const event of events) {
      const state = merge(states.get(event.subject), hydrated.get(event.subject) ?? event);
      states.set(event.subject, state);
      starts.push(...(await certain(keysOf(event, state))));
    }
    const since = events.map(({ time }) => time).reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b));
    const entities = [...new Set(wanted.map(({ entity }) => entity))];
    await relatives.remember(await ledger.relatives(tenant.tenant, { starts, entities, since }));
    return relatives;
  }

  /** Takes in the record after an event. Rejects with ExpressionError where a rule fails on it. */
  async take(event: CanonicalEvent, state: Snapshot): Promise<void> {
    if (this.keysOf === undefined) return;
    const holder = await this.keysOf(event, state);
    this.keys.set(event.id, holder);
    this.add({ holder, sequence: state.sequence, record: state.record });
  }

  /**
   * What a use case wants to know of the customer of a record that was just taken in, as it was at the event's time; undefined
   * where it wants nothing. Rejects with ExpressionError.
   */
  async factsFor(event: CanonicalEvent, { related }: UseCase): Promise<RelatedFacts | undefined> {
    const start = this.keys.get(event.id);
    if (related === undefined || start === undefined) return undefined;
    const at = Date.parse(event.time);
    const then = [...this.versions.values()].flatMap((versions) => {
      const version = versions.findLast(({ sequence }) => timeOf(sequence) <= at);
      return version === undefined || version.holder.subject === event.subject ? [] : [version];
    });
    const { members } = new CustomerWalk(start, indexKeys([start, ...then.map(({ holder }) => holder)])).customer;
    const ofCustomer = new Set(members.map(({ subject }) => subject));
    const records = then.flatMap(({ holder: { subject, connection }, sequence, record }): RelatedRecord[] =>
      ofCustomer.has(subject) ? [{ subject, connection, sequence, record: record ?? unread }] : [],
    );
    return relatedFacts(related, records, event.time);
  }

  private async remember({ holders, records, events }: Read): Promise<void> {
    const stateOf = new Map(records.map((row) => [row.subject, row]));
    const told = new Map<string, CanonicalEvent[]>();
    for (const event of events) told.set(event.subject, [...(told.get(event.subject) ?? []), event]);
    for (const { sequence, ...holder } of holders) {
      await this.recall(told.get(holder.subject) ?? []);
      const record = stateOf.get(holder.subject)?.record;
      this.add({ holder, sequence, ...(record === undefined ? {} : { record }) });
    }
  }

  /** The states that a record has gone through, told by its events. */
  private async recall(events: readonly CanonicalEvent[]): Promise<void> {
    if (this.keysOf === undefined) return;
    let state: Snapshot | undefined;
    for (const event of [...events].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))) {
      state = merge(state, event);
      for (const holder of await certain(this.keysOf(event, state))) {
        this.add({ holder, sequence: state.sequence, record: state.record });
      }
    }
  }

  private add(version: Version): void {
    const versions = this.versions.get(version.holder.subject) ?? [];
    this.versions.set(version.holder.subject, versions);
    versions.push(version);
  }
}

/** A record of a kind that no value is about counts as known, and gives nothing. */
const unread: RelatedRecord['record'] = { id: '', nativeType: '' };

function isAbout({ related, connection, entity }: UseCase, event: CanonicalEvent): boolean {
  return related !== undefined && connection === event.connection && entity === event.data.entity;
}

/** A rule that fails on a record is told where the event is decided, which parks it; for others the record has no keys. */
async function certain(keys: Promise<KeyHolder>): Promise<readonly KeyHolder[]> {
  try {
    return [await keys];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [];
  }
}
