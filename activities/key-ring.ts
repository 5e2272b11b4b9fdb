import type { CanonicalEvent } from '../canonical-schema/event';
import type { KeyHolder } from '../ledger/ledger';
import type { Identity } from '../tenants/identity';
import type { Snapshot } from './merge';

/** The identity keys of a batch's records, as its events tell them. */
export class KeyRing {
  /** The keys that a record has after the event, by the event's id. */
  readonly byEvent = new Map<string, Omit<KeyHolder, 'subject'>>();

  constructor(private readonly identity: Identity | undefined) {}

  /** Rejects with ExpressionError where a rule fails on the record. A deleted record is nobody's. */
  async take({ id, connection, data }: CanonicalEvent, state: Snapshot): Promise<void> {
    if (this.identity === undefined) return;
    const keys = state.deleted
      ? { own: [], shared: [] }
      : await this.identity.keysOf(connection, data.entity, state.record);
    this.byEvent.set(id, { connection, ...keys });
  }
}
