import { WorkflowNotFoundError } from '@temporalio/client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Parking } from '../../broker/parking';
import { laneQueue, parkedQueue } from '../../broker/routing';
import { ledgerFolder } from '../../cli/places';
import { parseRecordKey } from '../../canonical-schema/identity';
import { signalbox, type Ran } from '../../cli/terminal.fixture';
import type { ErasureRow } from '../../ledger/ledger';
import { erase } from '../../services/erasure';
import { everyRow, rowsWith, urlOfFolder } from '../every-cell';
import { hotLead, until } from '../line';
import { historiesOf } from './histories';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import { engagementOf, entries, tasksAbout, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(120_000);

const databaseUrl = process.env['DATABASE_URL'];
const ledgers = [
  { name: 'PGlite, beside the running line', isThere: true },
  {
    name: `PostgreSQL${databaseUrl === undefined ? ' (skipped: no DATABASE_URL)' : ''}`,
    url: databaseUrl,
    isThere: databaseUrl !== undefined,
  },
];

/** Each is the person of one test; none of these words is anybody else's. */
const people = [
  {
    first: 'Ottoline',
    last: 'Brzezinska',
    email: 'ottoline.brzezinska@bluewater.example',
    phone: '+48 22 123 45 67',
    words: 'the roof leaks above my bed',
  },
  {
    first: 'Thaddeus',
    last: 'Quillfeather',
    email: 'thaddeus.quillfeather@bluewater.example',
    phone: '+44 20 7946 0958',
    words: 'my boiler sings at night',
  },
] as const;
type Someone = (typeof people)[number];
const stranger = {
  first: 'Maria',
  last: 'Lopez',
  email: 'maria.lopez@bluewater.example',
  phone: '+34 91 123 45 67',
  words: 'the lift is slow',
};
const secretsOf = ({ first, last, email, phone, words }: Someone): readonly string[] => [
  ...[first, last, email, phone, words],
];

const variant = {
  connection: { subscribe: ['/data/LeadChangeEvent', '/data/CaseChangeEvent', '/data/TaskChangeEvent'] },
  identity: {
    mail: {
      kind: 'email',
      match: [
        { connection: 'sales', entity: 'lead', key: 'record.email' },
        { connection: 'sales', entity: 'case', key: 'record.contactEmail', shared: true },
      ],
    },
  },
  useCases: {
    'case-classification': {
      connection: 'sales',
      // A case of a high priority cannot be decided: it is parked.
      when: "$not(record.priority = 'High') or $number(record.priority) > 0",
      bands: { any: 0 },
      act: { any: [{ task: { subject: 'Read "{{record.subject}}"', body: '{{record.description}}' } }] },
      outcome: { within: 'P30D' },
    },
  },
};

describe.each(ledgers)('erasing a person, with the ledger in $name', ({ url: server, isThere }) => {
  const it = isThere ? test : test.skip;
  let state: string;
  let line: TenantsLine<'usual'>;
  let url: string;
  let tenant: string;

  beforeAll(async () => {
    if (!isThere) return;
    state = await mkdtemp(path.join(tmpdir(), 'signalbox-erasure-'));
    line = await startTenants({ usual: variant }, server === undefined ? { stateDir: state } : { databaseUrl: server });
    tenant = line.tenants.usual.tenant;
    url = server ?? (await urlOfFolder(ledgerFolder(state)));
  });
  afterAll(async () => {
    if (!isThere) return;
    await line.stop();
    await rm(state, { recursive: true });
  });

  const command = (...args: readonly string[]): Promise<Ran> => {
    const { TEMPORAL_ADDRESS, AMQP_URL } = process.env;
    const env = { TEMPORAL_ADDRESS, AMQP_URL, ...(server === undefined ? {} : { DATABASE_URL: server }) };
    return signalbox([...args, '--tenant', tenant, '--state', state, '--json'], { env });
  };
  const answerable = ['--by', 'Ada Byron', '--reason', 'request 17'];

  const leadFrom = ({ first, last, email, phone, words }: Someone | typeof stranger): string =>
    line.org.admin.create('Lead', {
      ...leadOf('usual', { ...hotLead, FirstName: first, LastName: last }),
      ...{ Email: email, Phone: phone, Description: words },
    });
  const caseFrom = ({ first, last, email, phone, words }: Someone | typeof stranger, priority = 'Low'): string =>
    line.org.admin.create('Case', {
      ...{ Subject: words, Description: `${first}: ${words}`, Priority: priority },
      ...{ SuppliedName: `${first} ${last}`, SuppliedEmail: email, SuppliedPhone: phone },
    });
  const taskOf = (subject: string, usecase: string): Promise<string> =>
    until(`the task about ${subject}`, async () => {
      const { ledger } = line.signalbox.runtime;
      return (await ledger.engagement(tenant, subject, usecase))?.taskid;
    });

  /** A lead and a case with tasks, the case's completed, a parked case, and bytes in quarantine. */
  async function runThrough(someone: Someone) {
    const lead = leadFrom(someone);
    const [one, parked] = [caseFrom(someone), caseFrom(someone, 'High')];
    const leadTask = await untilTask(line, line.tenants.usual, lead);
    const caseTask = await taskOf(`case/${one}`, 'case-classification');
    line.org.admin.completeTask(caseTask);
    const { ledger } = line.signalbox.runtime;
    await until('the case to be over', async () => {
      return (await ledger.engagement(tenant, `case/${one}`, 'case-classification'))?.status === 'closed';
    });
    await until('a parked event', async () => (await ledger.listParked(tenant, `case/${parked}`)).length > 0);
    // The tasks' own events are heard, too.
    await until('both tasks to be known', async () => {
      return (await ledger.records(tenant, [`task/${leadTask}`, `task/${caseTask}`])).length === 2;
    });
    await ledger.quarantine.add({
      ...{ tenant, connection: 'sales', stream: '/data/LeadChangeEvent', position: { v: 1 }, code: 'SBX_X' },
      ...{ message: `no ${someone.last}`, bytes: Buffer.from(`\0\x02${lead}\x08${someone.first}`) },
    });
    return {
      lead,
      subjects: [`lead/${lead}`, `case/${one}`, `case/${parked}`, `task/${leadTask}`, `task/${caseTask}`],
    };
  }

  /** What RabbitMQ has of the tenant: the bodies that are parked, and how many messages wait elsewhere. */
  async function everyMessage(): Promise<{ readonly waiting: number; readonly parked: readonly string[] }> {
    const { publisher, broker } = line.signalbox.runtime;
    const parked = await new Parking(process.env['AMQP_URL'] ?? '', tenant, publisher).list();
    let waiting = 0;
    await broker.withChannel(async (channel) => {
      const { partitions } = line.tenants.usual;
      const queues = Array.from({ length: partitions }, (_, partition) => laneQueue(tenant, partition));
      for (const queue of queues) waiting += (await channel.checkQueue(queue)).messageCount;
      expect((await channel.checkQueue(parkedQueue(tenant))).messageCount).toBe(parked.length);
    });
    return { waiting, parked: parked.map(({ bytes }) => bytes.toString('utf8')) };
  }

  const having = (texts: readonly string[], secrets: readonly string[]): readonly string[] =>
    texts.filter((text) => secrets.some((secret) => text.includes(secret))).map((text) => text.slice(0, 120));

  async function expectForgotten(someone: Someone): Promise<void> {
    const secrets = secretsOf(someone);
    expect(rowsWith(await everyRow(url), secrets)).toEqual([]);
    expect(having(await historiesOf(line.signalbox.runtime.temporal, tenant), secrets)).toEqual([]);
    const { waiting, parked } = await everyMessage();
    expect([waiting, having(parked, secrets)]).toEqual([0, []]);
  }

  it('leaves nothing of the person in ledger, broker and Temporal, the proof, and everybody else', async () => {
    const [someone] = people;
    const { ledger } = line.signalbox.runtime;
    const other = leadFrom(stranger);
    await untilTask(line, line.tenants.usual, other);
    const otherCase = caseFrom(stranger);
    await taskOf(`case/${otherCase}`, 'case-classification');
    const { lead, subjects } = await runThrough(someone);
    expect(
      having(await historiesOf(line.signalbox.runtime.temporal, tenant), secretsOf(someone)).length,
    ).toBeGreaterThan(0);
    const others = [other, otherCase, stranger.last, stranger.words];
    const otherRows = rowsWith(await everyRow(url), others);

    const plan = await command('erase', lead);
    expect(plan).toMatchObject({ code: 1, err: '' });
    const planned = JSON.parse(plan.out) as Planned;
    expect(planned.records.map(({ record }) => parseRecordKey(record)?.subject).sort()).toEqual([...subjects].sort());
    expect(planned.counts).toMatchObject({ records: 5, quarantine: 1, parked: 1, 'runs of engagements': 2 });
    expect(planned.open).toMatchObject([{ subject: `lead/${lead}`, status: 'open' }]);
    expect(await command('erase', lead, '--yes')).toMatchObject({ code: 2, out: '' });

    const task = tasksAbout(line, lead);
    expect(await command('erase', lead, '--yes', ...answerable)).toMatchObject({ code: 0, err: '' });
    await expectForgotten(someone);
    const run = engagementOf(line, line.tenants.usual, lead);
    await expect(run.describe()).rejects.toBeInstanceOf(WorkflowNotFoundError);
    expect(rowsWith(await everyRow(url), others)).toEqual(otherRows);
    expect((await command('erase', lead)).code).toBe(0);
    expect((await engagementOf(line, line.tenants.usual, other).describe()).status.name).toBe('RUNNING');
    // The task in the CRM is not ours to delete.
    expect(tasksAbout(line, lead)).toEqual(task);

    const [decision] = await entries(line, line.tenants.usual, lead, 'decision');
    expect(decision?.decision).toMatchObject({ because: 'erased', model: { name: 'lead-scoring' }, reasons: [] });
    const [erased] = await entries(line, line.tenants.usual, lead, 'erased');
    expect(erased?.erasure).toMatchObject({
      by: 'Ada Byron',
      reason: 'request 17',
      doneat: expect.any(String) as string,
    });
    const list = await command('erasures');
    expect([list.code, erasuresIn(list).length]).toEqual([0, 1]);

    line.org.admin.update(lead, { Phone: `${someone.phone} 9` });
    const dropped = await until('the later event to be heard', async () => {
      const events = await entries(line, line.tenants.usual, lead, 'event');
      return events.find(({ event, status }) => status === 'ignored' && event.data.change.kind === 'updated');
    });
    expect(dropped).toMatchObject({ because: 'erased', event: { data: { native: {}, change: { fields: [] } } } });
    expect(rowsWith(await everyRow(url), secretsOf(someone))).toEqual([]);
    expect(await ledger.records(tenant, [`lead/${lead}`])).toEqual([]);
    expect(await command('erase', lead, '--yes', ...answerable)).toMatchObject({ code: 0 });
    await expectForgotten(someone);

    expect((await command('erase', lead, '--lift', ...answerable)).code).toBe(0);
    line.org.admin.update(lead, { Description: 'is a customer again', Rating: 'Cold' });
    await until(
      'the record to be known again',
      async () => (await ledger.records(tenant, [`lead/${lead}`])).length > 0,
    );
  });

  it('goes on where it was interrupted, as the same erasure', async () => {
    const [, someone] = people;
    const { ledger, temporal } = line.signalbox.runtime;
    const { lead } = await runThrough(someone);
    const { records, marks } = await ledger.erasures.person(tenant, { records: [lead], without: [] });
    const subjects = records.map(({ record }) => record);
    const lost = { dropAbout: () => Promise.reject(new Error('the broker is away')) };
    const erasing = { tenant, asked: lead, subjects, marks, by: 'Ada Byron', reason: 'request 18' };
    await expect(erase({ ledger, temporal, parking: lost }, erasing, 60_000)).rejects.toThrow('the broker is away');
    expect((await command('erasures')).code).toBe(1);
    const { code, out } = await command('erase', lead, '--yes', ...answerable);
    expect(code).toBe(0);
    await expectForgotten(someone);
    const all = erasuresIn(await command('erasures'));
    expect(all.at(-1)).toMatchObject({
      ...{ id: (JSON.parse(out) as { erasure: string }).erasure, reason: 'request 18' },
      doneat: expect.any(String) as string,
    });
  });

  it('refuses what it does not know, and what is not said', async () => {
    expect(await command('erase', '00Q000000000000AAA')).toMatchObject({ code: 1, out: '' });
    const { err } = await command('erase', '00Q000000000000AAA', '--yes', '--by', 'Ada');
    expect(err).toContain('why is not said (--reason)');
    expect((await command('erase', '00Q000000000000AAA', '--lift', ...answerable)).code).toBe(2);
  });
});

interface Planned {
  readonly records: readonly { readonly record: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly open: readonly unknown[];
}

function erasuresIn({ out }: Ran): readonly ErasureRow[] {
  return (JSON.parse(out) as { readonly erasures: readonly ErasureRow[] }).erasures;
}
