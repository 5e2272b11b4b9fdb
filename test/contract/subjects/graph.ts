import type { CanonicalEvent } from '../../../canonical-schema/event';
import { graph } from '../../../connectors/graph';
import { startSample, subscribeAll } from '../../graph-directory';
import { goldensIn } from '../goldens';
import { readmeExamples } from '../readme-examples';
import type { ContractSubject, Crm } from '../subject';

const goldens = goldensIn('connectors/graph/fixtures');

function golden(name: string): unknown {
  const found = goldens.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no golden fixture ${name}`);
  return found.native;
}

const notification = {
  subscriptionId: '33e9ec73-e56c-4807-8cda-d0f9a1a5c3e5',
  subscriptionExpirationDateTime: '2026-03-08T09:30:00+00:00',
  changeType: 'Updated',
  resource: "Users('4bd1a2ab-6bfb-4902-a476-e86f6dc356de')/Messages('AAMkAD1=')",
  resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.etag': 'W/"CQAAABYAAADw"', id: 'AAMkAD1=' },
};
const message = {
  '@odata.type': '#microsoft.graph.message',
  id: 'AAMkAD1=',
  subject: 'Offer',
  body: { contentType: 'html', content: '<p>Dear <b>Jo</b></p>' },
  from: { emailAddress: { name: 'Jo Doe', address: 'jo@northwind.example' } },
  lastModifiedDateTime: '2026-03-01T09:30:00Z',
};
const task = {
  '@odata.context': "https://graph.microsoft.com/v1.0/$metadata#users('u1')/todo/lists('l1')/tasks/$entity",
  id: 'AAMkAD2=',
  title: 'Call Jo',
  status: 'completed',
  dueDateTime: { dateTime: '2026-03-02T00:00:00.0000000', timeZone: 'UTC' },
  lastModifiedDateTime: '2026-03-01T09:30:00.1234567Z',
};
const meeting = {
  '@odata.type': '#microsoft.graph.event',
  id: 'AAMkAD3=',
  start: { dateTime: '2026-03-02T09:00:00.0000000', timeZone: 'UTC' },
  end: { dateTime: '2026-03-02T10:00:00.0000000', timeZone: 'UTC' },
  attendees: [{ type: 'required', emailAddress: { address: 'jo@northwind.example' } }],
  lastModifiedDateTime: '2026-03-01T09:30:00Z',
};

/** A directory of Microsoft 365, which posts to a door and is read and written over Graph on loopback. */
export const subject: ContractSubject = {
  connector: graph,
  start: startCrm,
  goldens,
  special: { gap: golden('message-told-by-its-key'), wildcard: golden('notifications-missed') },
  payloads: [{ value: [notification] }, { value: [message, meeting] }, message, task, meeting],
  readmeExamples: readmeExamples('connectors/graph/README.md'),
  ownWords: {
    notifications: 'Graph calls us and encrypts for us, so it is told where, by which secret and for which certificate',
    plan: 'Graph has two products for tasks: To Do for a person, Planner for a team',
    taskList: 'Graph has a task list for each user, where other CRMs have one table of tasks',
  },
};

async function startCrm(): Promise<Crm> {
  const { directory, user, config, door, inbox, connection, stop } = await startSample(['messages']);
  const { admin } = directory;
  await subscribeAll(connection);
  const stream = `users/${user}/messages`;
  const records = new Map<number, string>();
  const idOf = (record: number): string => records.get(record) ?? '';
  const done = (effect: () => void): Promise<void> => Promise.resolve().then(effect);
  const nativeId = (path: string): string => path.split('/').at(-1) ?? '';
  return {
    config: { connector: 'graph', ...config },
    stream,
    settableField: 'subject',
    write: async (record, mark) => {
      if (records.has(record)) admin.update(stream, idOf(record), { subject: mark });
      else records.set(record, admin.create(stream, { subject: mark }));
      await admin.idle();
      return { entity: 'interaction', id: `${stream}/${idOf(record)}` };
    },
    markOf: (event: CanonicalEvent) =>
      event.origin === 'self' ? undefined : (event.data.record.subject as string | undefined),
    versionOf: (id) => Promise.resolve(String(admin.item(stream, nativeId(id))?.changeKey)),
    tasksOf: (actionId) => {
      const list = `users/${user}/todo/lists/${admin.user('jo@acme.example').list}/tasks`;
      const isOf = ({ linkedResources: linked }: Readonly<Record<string, unknown>>): boolean =>
        (linked as readonly { externalId?: string }[]).some(({ externalId }) => externalId === actionId);
      return Promise.resolve(admin.items(list).filter(isOf).length);
    },
    handedOut: () => Promise.resolve(inbox.handedOut),
    inbox,
    opened: (opened) => {
      door.open(opened);
    },
    faults: {
      expirePositions: async () => {
        await inbox.append(stream, [Buffer.from('{}\n{}')]);
        await inbox.release(stream, await inbox.newest(stream));
      },
      expireTokens: () =>
        done(() => {
          admin.fault({ kind: 'tokenExpiry' });
        }),
      poison: async () => {
        admin.fault({ kind: 'invalidNotification' });
        admin.update(stream, idOf(0), { importance: 'high' });
        await admin.idle();
      },
      loseNextAnswer: () =>
        done(() => {
          admin.fault({ kind: 'dropResponse' });
        }),
      refuseNextWrite: (retryAfter) =>
        done(() => {
          admin.fault({ kind: 'throttle', retryAfter });
        }),
    },
    stop,
  };
}
