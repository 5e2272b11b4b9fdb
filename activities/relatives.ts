import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { orderOf, timeOfOrder } from '../canonical-schema/order';
import { CustomerWalk, type KeyHolder, type KeyIndex, type Ledger, type Relatives as Read } from '../ledger/ledger';
import { ExpressionError } from '../tenants/expression';
import type { Identity } from '../tenants/identity';
import { relatedFacts, type RelatedFacts, type RelatedRecord } from '../tenants/related';
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
  async ({ connection, source, subject, data }, state) => ({
    source,
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
  /** By key: the records that have or had it. */
  private readonly records = new Map<string, Set<string>>();

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
    const useCases = Object.values(tenant.useCases).filter(({ related }) => related !== undefined);
    const asking = events.filter((event) => useCases.some((useCase) => isAbout(useCase, event)));
    if (asking.length === 0) return relatives;
    const states = new Map(known);
    const starts: KeyHolder[] = [];
    for (const event of events) {
      const key = recordKey(event);
      const state = merge(states.get(key), hydrated.get(key) ?? event);
      states.set(key, state);
      starts.push(...(await certain(keysOf(event, state))));
    }
    const since = asking.map(({ time }) => time).reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b));
    const entities = [...new Set(useCases.flatMap(({ related = [] }) => related.map(({ entity }) => entity)))];
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
    const holders: KeyIndex = {
      get: (key) =>
        [...(this.records.get(key) ?? [])].flatMap((record) => {
          const holder = record === recordKey(start) ? start : this.versionAt(record, at)?.holder;
          return holder !== undefined && [...holder.own, ...holder.shared].includes(key) ? [holder] : [];
        }),
    };
    const records = new CustomerWalk(start, holders).customer.members.flatMap(
      ({ source, subject, connection }): RelatedRecord[] => {
        const version = this.versionAt(recordKey({ source, subject }), at);
        return version === undefined
          ? []
          : [{ source, subject, connection, sequence: version.sequence, record: version.record ?? unread }];
      },
    );
    return relatedFacts(related, records, event.time);
  }

  private versionAt(record: string, at: number): Version | undefined {
    return this.versions.get(record)?.findLast(({ sequence }) => Date.parse(timeOfOrder(sequence)) <= at);
  }

  private async remember({ holders, records, events }: Read): Promise<void> {
    const stateOf = new Map(records.map((row) => [recordKey(row), row]));
    const told = new Map<string, CanonicalEvent[]>();
    for (const event of events) told.set(recordKey(event), [...(told.get(recordKey(event)) ?? []), event]);
    for (const { sequence, ...holder } of holders) {
      await this.recall(told.get(recordKey(holder)) ?? []);
      const record = stateOf.get(recordKey(holder))?.record;
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
    const record = recordKey(version.holder);
    const versions = this.versions.get(record) ?? [];
    this.versions.set(record, versions);
    versions.push(version);
    for (const key of [...version.holder.own, ...version.holder.shared]) {
      const records = this.records.get(key) ?? new Set();
      this.records.set(key, records.add(record));
    }
  }
}

/** A record of a kind that no value is about counts as known, and gives nothing. */
const unread: RelatedRecord['record'] = { id: '', nativeType: '' };

function isAbout({ connection, entity }: UseCase, event: CanonicalEvent): boolean {
  return connection === event.connection && entity === event.data.entity;
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
