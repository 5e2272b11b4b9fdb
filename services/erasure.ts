import type { Client } from '@temporalio/client';
import type { Parking } from '../broker/parking';
import { engagementId } from '../canonical-schema/engagement';
import type { Ledger, ErasureToBegin } from '../ledger/ledger';
import { askToDelete, countLanes, distinct, endedLanes, renewLanes, runsOfWorkflows, untilDeleted } from './forget';

/** How many of what: ledger rows by table, and what is named below. */
type Counts = Readonly<Record<string, number>>;

/** Where a person's data are. */
export interface Places {
  readonly ledger: Ledger;
  readonly temporal: Client;
  readonly parking: Pick<Parking, 'dropAbout'>;
}

/** What is to be erased. */
export interface Erasing {
  readonly tenant: string;
  /** Each a record's key. */
  readonly subjects: readonly string[];
  readonly marks: readonly string[];
}

/** What Temporal has of a person, and what an erasure would do there. */
export async function countInTemporal(
  { ledger, temporal }: Pick<Places, 'ledger' | 'temporal'>,
  { tenant, subjects }: Pick<Erasing, 'tenant' | 'subjects'>,
): Promise<Counts> {
  const engagements = await runsOfWorkflows(temporal, await engagementsOf(ledger, tenant, subjects));
  const { open, ended } = await countLanes(temporal, tenant);
  return {
    'runs of engagements': engagements.length,
    'lanes that begin anew': open,
    'ended runs of lanes': ended + open,
  };
}

/**
 * Erases a person's data. Each step may be repeated: after a crash, or where one failed, the same call again goes on. In this order:
 * nothing more is taken in; what is under way is recorded; then nothing is left that could still write.
 * Throws NotForgotten, BrokerUnavailable, or what the ledger throws; the erasure then stays open.
 * @param withinMs for each of the waits
 */
export async function erase(
  places: Places,
  { tenant, ...erasing }: ErasureToBegin & { readonly tenant: string },
  withinMs: number,
): Promise<{ readonly id: string; readonly counts: Counts }> {
  const { ledger, temporal, parking } = places;
  const { subjects, marks } = erasing;
  const id = await ledger.erasures.begin(tenant, erasing);
  const renewed = await renewLanes(temporal, tenant, withinMs);
  const engagements = await runsOfWorkflows(temporal, await engagementsOf(ledger, tenant, subjects));
  const lanes = distinct([...(await endedLanes(temporal, tenant)), ...renewed]);
  await askToDelete(temporal, [...engagements, ...lanes]);
  const messages = await parking.dropAbout({ records: subjects, marks }, 'erased');
  const rows = await ledger.erasures.erase(tenant, subjects, marks);
  await untilDeleted(temporal, [...engagements, ...lanes], withinMs);
  const counts = {
    ...rows,
    ...{ 'runs of engagements': engagements.length, 'ended runs of lanes': lanes.length, 'parked messages': messages },
  };
  await ledger.erasures.finish(tenant, id, counts);
  return { id, counts };
}

async function engagementsOf(ledger: Ledger, tenant: string, subjects: readonly string[]): Promise<readonly string[]> {
  const named = await ledger.erasures.engagements(tenant, subjects);
  return named.map(({ connection, subject, usecase }) => engagementId(tenant, connection, subject, usecase));
}
