import { randomUUID } from 'node:crypto';
import type { Change } from '../odata/store';

/** A CloudEvent in its JSON form with the topic below the namespace. */
export interface SystemEvent {
  readonly topic: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Objects that raise events: the entity set, the object in the type, its key, and the changes that are told. */
const objects = {
  A_BusinessPartner: { object: 'businesspartner.v1.BusinessPartner', key: 'BusinessPartner', deletes: false },
  A_SalesOrder: { object: 'salesorder.v1.SalesOrder', key: 'SalesOrder', deletes: true },
} as const;

const words = { created: 'Created', changed: 'Changed', deleted: 'Deleted' } as const;

/** Types become topics by slashes for dots. */
export const topicOf = (type: string): string => `ce/${type.replaceAll('.', '/')}`;

/** One event per object of a transaction: notifications have the key and nothing else. */
export const s4Events = (changes: readonly Change[], logicalSystem: string): readonly SystemEvent[] => {
  const first = new Map<string, { change: Change; type: string; data: Readonly<Record<string, unknown>> }>();
  for (const change of changes) {
    const known = objects[change.row.type.set as keyof typeof objects] as
      (typeof objects)[keyof typeof objects] | undefined;
    if (known === undefined || (change.kind === 'deleted' && !known.deletes)) continue;
    const key = change.after[known.key];
    const id = `${known.object}/${String(key)}`;
    // Created and changed in one transaction is created.
    if (first.has(id) && change.kind !== 'deleted') continue;
    first.set(id, { change, type: `sap.s4.beh.${known.object}.${words[change.kind]}.v1`, data: { [known.key]: key } });
  }
  return [...first.values()].map(({ change, type, data }) => ({
    topic: topicOf(type),
    event: {
      type,
      specversion: '1.0',
      source: `/default/sap.s4.beh/${logicalSystem}`,
      id: randomUUID(),
      time: `${new Date(change.author.at).toISOString().slice(0, 19)}Z`,
      datacontenttype: 'application/json',
      data,
    },
  }));
};
