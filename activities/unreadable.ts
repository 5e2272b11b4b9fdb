import type { CanonicalEvent } from '../canonical-schema/event';
import type { Ledger } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';
import { incomplete } from './hydrate';
import type { Cause } from './lane-types';
import type { Snapshot } from './merge';
import { takenOut } from './in-force';

/**
 * Events that only their CRM could complete, of connections that were taken out: a lane must not wait for these. A connection
 * that the newest version has, and this process not yet, is none of them.
 * @returns why each is parked, by event id
 */
export async function unreadable(
  ledger: Pick<Ledger, 'tenants'>,
  { tenant, connections }: Tenant,
  events: readonly CanonicalEvent[],
  known: ReadonlyMap<string, Snapshot>,
): Promise<ReadonlyMap<string, Cause>> {
  const lost = incomplete(events, known).filter(({ connection }) => !Object.hasOwn(connections, connection));
  if (lost.length === 0) return new Map();
  const isTakenOut = await takenOut(ledger, tenant);
  return new Map(
    lost
      .filter(({ connection }) => isTakenOut(connection))
      .map(({ id, connection, subject }) => {
        const message = `connection ${connection} was taken out before ${subject} could be read: put it back, then redrive`;
        return [id, { code: 'SBX_CONNECTION_REMOVED', message }];
      }),
  );
}
