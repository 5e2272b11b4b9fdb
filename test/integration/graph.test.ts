import { randomBytes } from 'node:crypto';
import { leadFields } from '../../cli/demo/lead-fields';
import type { HistoryEntry } from '../../ledger/ledger';
import { type RunningGraph, startGraph } from '../../simulators/graph';
import { certificate, configOf } from '../graph-directory';
import { hotLead, until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const tenant = `t${randomBytes(4).toString('hex')}`;
let line: PushedLine<RunningGraph>;
let directory: RunningGraph;
let inbox: string;
let list: string;

beforeAll(async () => {
  line = await startPushedLine(startGraph, (crm, origin) => ({
    tenant,
    file: tenantWith(crm, origin),
    env: { GRAPH_SECRET: crm.clientSecret, GRAPH_STATE: 'a secret of this test', GRAPH_KEY: certificate.privateKey },
  }));
  directory = line.crm;
  [inbox, list] = streamsOf(directory);
  // `signalbox up` makes them: nobody ran `signalbox connect`.
  await until('the subscriptions', () => directory.admin.subscriptions().length === 2);
}, 120_000);

afterAll(() => line.stop());

function streamsOf({ admin }: RunningGraph): [inbox: string, list: string] {
  const { id, list: tasks } = admin.user('sales@acme.example');
  return [`users/${id}/mailFolders/inbox/messages`, `users/${id}/todo/lists/${tasks}/tasks`];
}

/** A tenant whose web form sends a mail for each enquiry: a lead, scored by what the form's last answer says. */
function tenantWith(crm: RunningGraph, origin: string): object {
  const { auth, ...config } = configOf(crm, `${origin}/in/${tenant}/office`, streamsOf(crm));
  const answers = leadFields.flatMap(({ name, attribute }) =>
    attribute === undefined ? [] : [[attribute, JSON.stringify(hotLead[name as keyof typeof hotLead])] as const],
  );
  return {
    tenant,
    partitions: 4,
    connections: {
      office: {
        connector: 'graph',
        ...config,
        auth: { ...auth, clientSecret: 'env:GRAPH_SECRET' },
        notifications: {
          url: `${origin}/in/${tenant}/office`,
          clientState: 'env:GRAPH_STATE',
          certificates: [{ ...certificate, privateKey: 'env:GRAPH_KEY' }],
        },
        start: 'earliest',
        mapping: {
          'microsoft.graph.message': {
            entity: '"lead"',
            name: 'from.emailAddress.name',
            topic: 'subject',
            ...Object.fromEntries(answers),
          },
        },
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'office',
        when: '$contains(record.attributes.topic, "Enquiry")',
        bands: { hot: 0.5, warm: 0.25 },
        act: { hot: [{ task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high' } }] },
        outcome: { won: 'false', within: 'P30D' },
      },
    },
  };
}

const mail = (subject: string): string => {
  const from = { emailAddress: { name: 'Maria Lopez', address: 'maria@bluewater.example' } };
  return `${inbox}/${directory.admin.create(inbox, { subject, from })}`;
};
const historyOf = <K extends HistoryEntry['kind']>(lead: string, kind: K) => entries(line, { tenant }, lead, kind);
const tasksAbout = (lead: string) =>
  directory.admin.items(list).filter(({ linkedResources }) => JSON.stringify(linkedResources).includes(lead));

test('a mail arrives, is decided, and a task for it appears in To Do', async () => {
  const lead = mail('Enquiry about a deposit');
  const task = await until('a task about the mail', () => tasksAbout(lead)[0]);
  expect(task).toMatchObject({ title: expect.stringMatching(/^Call Maria Lopez today/) as string, importance: 'high' });
  const [{ event } = { event: undefined }] = await historyOf(lead, 'event');
  expect(event).toMatchObject({ type: 'io.signalbox.lead.created.v1', dataclassification: 'confidential' });
  expect(await historyOf(lead, 'decision')).toHaveLength(1);
});

test('a task that a person completes in To Do ends the engagement', async () => {
  const lead = mail('Enquiry about a card');
  const row = () => line.signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
  const taskId = await until('the engagement to know its task', async () => (await row())?.taskid);
  directory.admin.update(list, taskId.split('/').at(-1) ?? '', { status: 'completed' });
  await until('the engagement to end', async () => (await row())?.outcome === 'completed');
});

test('a mail that the tenant does not ask about is recorded and not decided', async () => {
  const lead = mail('Newsletter');
  await until('the event', async () => (await historyOf(lead, 'event'))[0]);
  const after = mail('Enquiry after it');
  await until('a task about the later one', () => tasksAbout(after)[0]);
  expect(tasksAbout(lead)).toEqual([]);
});

test('a notification that comes twice makes one event and one task', async () => {
  directory.admin.fault({ kind: 'duplicateNotification' });
  const lead = mail('Enquiry, told twice');
  await until('a task about the mail', () => tasksAbout(lead)[0]);
  await directory.admin.idle();
  expect(await historyOf(lead, 'event')).toHaveLength(1);
  expect(tasksAbout(lead)).toHaveLength(1);
});

test('a resource that cannot be opened goes to the quarantine, and the stream goes on', async () => {
  directory.admin.fault({ kind: 'invalidNotification' });
  const lead = mail('Enquiry, changed on its way');
  const codes = async () =>
    (await line.signalbox.runtime.ledger.quarantine.list(tenant, 'open')).map(({ code }) => code);
  await until('the quarantine', async () => (await codes()).includes('SBX_GRAPH_SIGNATURE'));
  expect(await historyOf(lead, 'event')).toEqual([]);
  const next = mail('Enquiry after it');
  await until('a task about the next one', () => tasksAbout(next)[0]);
});

test('a change that Graph lost is read back once Graph says that it missed some', async () => {
  directory.admin.fault({ kind: 'lostNotification' });
  const lead = mail('Enquiry, never told');
  directory.admin.fault({ kind: 'missed' });
  await until('a task about the mail', () => tasksAbout(lead)[0]);
  const [{ event } = { event: undefined }] = await historyOf(lead, 'event');
  expect(event?.data.change.kind).toBe('observed');
});

test('subscriptions that have ended are made again', async () => {
  const before = directory.admin.subscriptions().map(({ id }) => id);
  directory.admin.fault({ kind: 'expiredSubscriptions' });
  await until('new subscriptions', () => directory.admin.subscriptions().length === 2);
  expect(directory.admin.subscriptions().some(({ id }) => before.includes(id))).toBe(false);
  const lead = mail('Enquiry after the end');
  await until('a task about the mail', () => tasksAbout(lead)[0]);
});
