import { randomInt, randomUUID } from 'node:crypto';
import { topicOf, type SystemEvent } from '../mesh/s4-events';
import type { V2Change, V2Record } from './v2-store';

/** Nanoseconds, as V2 has them. */
const nanoTime = (at: number): string =>
  new Date(at).toISOString().replace('Z', `${String(randomInt(1_000_000)).padStart(6, '0')}Z`);

/** An image has everything but who changed it. */
const imageOf = ({ adminData, ...record }: V2Record): object => ({
  ...record,
  adminData: { updatedOn: adminData.updatedOn },
});

/** The event of a change: the record before and after, and who asked. */
export const v2Event = (tenant: string, { object, before, after, author }: V2Change): SystemEvent => {
  const record = after ?? before;
  return {
    topic: topicOf(object.eventType),
    event: {
      id: randomUUID(),
      specversion: '0.2',
      type: object.eventType,
      source: tenant,
      subject: record?.id ?? '',
      time: nanoTime(author.at),
      datacontenttype: 'application/json',
      data: {
        ...(before === undefined ? {} : { beforeImage: imageOf(before) }),
        ...(after === undefined ? {} : { currentImage: imageOf(after) }),
        dataContext: { requestedByUser: author.id, requestProcessedOn: new Date(author.at).toISOString() },
      },
    },
  };
};
