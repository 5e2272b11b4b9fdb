import type { EntityName } from '../../canonical-schema/entity';
import type { Decision } from '../../canonical-schema/decision';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { signalbox as command } from '../../cli/terminal.fixture';
import { predictionsExchange } from '../../broker/routing';
import { startIngest } from '../../services/ingest';
import { countNow } from '../../services/rhythm';
import type { Finding } from '../../connectors/contract';
import { eventOf } from '../fixtures/events';
import { startLine, until, type Line } from '../line';
import type { Service } from '../../services/service';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(120_000);

const databaseUrl = process.env['DATABASE_URL'];
const onPostgres = databaseUrl === undefined ? test.skip : test;

const hour = 3_600_000;
/** Hours that are judged: what ended earlier is the past of its stream. */
const judged = 24;
const days = 31;
const floodAt = 5;
const silentFor = 10;
/** For a named owner: a user of the org, who is known once it runs. */
const task = { subject: '{{reasons.0}}', due: 'PT4H', priority: 'high', assignTo: '' };

let line: Line;
let ingest: Service;
/** When the newest whole hour ended. */
let end: number;
const predictions: { readonly type: string; readonly data: Decision }[] = [];

/** Numbers that look drawn and are the same every time. */
function drawing(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** More by day, less on weekends. */
function usualAt(at: number): number {
  const time = new Date(at);
  const isDay = time.getUTCHours() >= 8 && time.getUTCHours() < 18;
  return (isDay ? 24 : 12) * ([0, 6].includes(time.getUTCDay()) ? 0.6 : 1);
}

function drawnAbout(mean: number, random: () => number): number {
  let [count, product] = [0, random()];
  for (; product > Math.exp(-mean); count += 1) product *= random();
  return count;
}

function eventsIn(entity: EntityName, from: number, count: number): readonly CanonicalEvent[] {
  return Array.from({ length: count }, (_, n) =>
    eventOf({
      ...{ id: `${entity}-${from}-${n}`, tenant: line.tenant.tenant, entity },
      time: new Date(from + Math.floor(((n + 0.5) * hour) / count)).toISOString(),
      record: { id: `${entity}-${from}-${n}`, nativeType: entity },
    }),
  );
}

/** Weeks of a stream, the hour that is under way among them; the newest hours as told. */
function weeksOf(
  entity: EntityName,
  seed: number,
  newest: (ago: number, usual: number) => number,
): readonly CanonicalEvent[] {
  const random = drawing(seed);
  return Array.from({ length: days * 24 + 1 }, (_, n) => {
    const ago = days * 24 - n;
    const from = end - ago * hour;
    return eventsIn(entity, from, newest(ago, drawnAbout(usualAt(from), random)));
  }).flat();
}

async function record(events: readonly CanonicalEvent[]): Promise<void> {
  const { ledger } = line.signalbox.runtime;
  for (let from = 0; from < events.length; from += 1_000) {
    await ledger.recordBatch(line.tenant.tenant, {
      batchid: events[from]?.id ?? '',
      lane: { workflowid: 'lane', runid: 'run' },
      events: events.slice(from, from + 1_000).map((event) => ({ event, status: 'ignored' as const })),
      records: [],
      decisions: [],
      engagements: [],
    });
  }
}

const count = () =>
  countNow(line.signalbox.runtime.temporal, { tenant: line.tenant.tenant, connection: 'sales' }, { latenessMs: 0 });

/** What was decided of a stream's hours, by how many hours before the end each began. */
async function decisionsOf(stream: string): Promise<ReadonlyMap<number, Decision>> {
  const { ledger } = line.signalbox.runtime;
  const subjects = [0, 1, 2].map(
    (day) => `rhythm/sales:${stream}:${new Date(end - day * 24 * hour).toISOString().slice(0, 10)}`,
  );
  const entries = await ledger.history(line.tenant.tenant, ...subjects);
  const found = new Map<number, Decision>();
  for (const entry of entries)
    if (entry.kind === 'decision')
      found.set((end - Date.parse(entry.decision.sequence.split('/')[0] ?? '')) / hour, entry.decision);
  return found;
}

const unusual = async (stream: string): Promise<readonly number[]> =>
  [...(await decisionsOf(stream))].filter(([, { band }]) => band !== undefined).map(([ago]) => ago);

async function hearPredictions(): Promise<void> {
  const { broker } = line.signalbox.runtime;
  await broker.keepChannel(
    {
      name: 'predictions',
      open: (model) => model.createChannel(),
      use: async (channel, lost) => {
        const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true });
        await channel.bindQueue(queue, predictionsExchange, `${line.tenant.tenant}.prediction.anomaly`);
        await channel.consume(
          queue,
          (message) => {
            if (message !== null)
              predictions.push(JSON.parse(message.content.toString()) as (typeof predictions)[number]);
          },
          { noAck: true },
        );
        await new Promise((resolve) => {
          lost.addEventListener('abort', resolve);
        });
      },
    },
    AbortSignal.timeout(100_000),
  );
}

beforeAll(async () => {
  line = await startLine({
    roles: ['worker', 'dispatch'],
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    connection: { start: 'latest' },
    before: ({ admin }) => {
      admin.create('Lead', { LastName: 'Lopez', Company: 'Acme' });
      task.assignTo = String(admin.records('Lead')[0]?.['OwnerId']);
    },
    useCases: {
      anomaly: {
        connection: 'sales',
        model: 'rhythm',
        act: { unusual: [{ task }] },
      },
    },
  });
  void hearPredictions();
  end = Math.floor(Date.now() / hour) * hour;
  await record(weeksOf('lead', 1, (ago, usual) => (ago === floodAt ? 12 * usual + 100 : usual)));
  await record(weeksOf('case', 2, (ago, usual) => (ago >= 1 && ago <= silentFor ? 0 : usual)));
  await record(weeksOf('contact', 3, (_, usual) => usual));
  ingest = await startIngest(line.signalbox.runtime);
  await until('the hours of the last day to be published', async () => (await count()).published > 0, 60_000);
  const isDecided = async (stream: string): Promise<boolean> => {
    const decisions = await decisionsOf(stream);
    return decisions.has(1) && decisions.size >= judged - 1;
  };
  for (const stream of ['lead.created', 'case.created', 'contact.created', 'all'])
    await until(`all hours of ${stream} to be decided`, () => isDecided(stream), 60_000);
}, 240_000);

afterAll(async () => {
  await ingest.stop();
  await line.stop();
});

test('a flood is called in its hour, in words, as a prediction and as a task for the one who is named', async () => {
  expect(await unusual('lead.created')).toEqual([floodAt]);
  const decision = (await decisionsOf('lead.created')).get(floodAt);
  expect(decision).toMatchObject({ outcome: 'act', usecase: 'anomaly', model: { name: 'rhythm' } });
  const words = /^\d{3} leads created between \d\d:00 and \d\d:00 UTC; on \w+days at that hour usually \d+ to \d+$/;
  expect(decision?.reasons[0]?.text).toMatch(words);
  expect(Object.keys(decision?.contributions ?? {})).toEqual(['hour', 'stretch']);
  const told = await until('the prediction', () => predictions.find(({ data }) => data.id === decision?.id));
  expect(told).toMatchObject({ type: 'io.signalbox.prediction.anomaly.v1', data: { model: decision?.model } });
  const made = await until('the task', () =>
    line.org.admin.records('Task').find(({ Subject }) => String(Subject).includes('leads created between')),
  );
  expect(made).toMatchObject({ OwnerId: task.assignTo, Priority: 'High', WhoId: null, WhatId: null });
});

test('an ordinary hour after it leaves the task open', async () => {
  const subject = (await decisionsOf('lead.created')).get(floodAt)?.subject ?? '';
  const row = await until('the engagement', () =>
    line.signalbox.runtime.ledger.engagement(line.tenant.tenant, subject, 'anomaly'),
  );
  expect(row.status).toBe('open');
});

test('a silence is called while it lasts, and doctor tells it', async () => {
  const ago = await unusual('case.created');
  expect(ago.length).toBeGreaterThanOrEqual(silentFor / 2);
  expect(Math.max(...ago)).toBeLessThanOrEqual(silentFor);
  const last = (await decisionsOf('case.created')).get(1);
  expect(last?.band).toBe('unusual');
  expect(last?.reasons[0]?.text).toMatch(/^(no|\d+) cases created (in the 12 hours to|between) /);
  const rows = await line.signalbox.runtime.ledger.rhythm.newest(
    line.tenant.tenant,
    new Date(end - 24 * hour).toISOString(),
  );
  expect(rows.find(({ subject }) => subject.includes('case.created'))).toMatchObject({ band: 'unusual' });
});

test('ordinary hours are not called, and those of the past are remembered without a decision', async () => {
  expect(await unusual('contact.created')).toEqual([]);
  const decisions = [...(await decisionsOf('contact.created'))];
  expect(decisions.length).toBeLessThanOrEqual(judged + 1);
  expect(decisions.every(([, { outcome, score = 1 }]) => outcome === 'none' && score < 0.5)).toBe(true);
});

test('counting again changes nothing: not after a crash before the position was saved, not by what comes late or is read back', async () => {
  const { ledger } = line.signalbox.runtime;
  const { tenant } = line.tenant;
  const before = await decisionsOf('contact.created');
  const at = end - 12 * hour;
  await record(eventsIn('contact', at + 1, 400));
  const readBack = eventsIn('account', at, 400).map((event): CanonicalEvent => ({
    ...event,
    type: 'io.signalbox.account.observed.v1',
    data: { ...event.data, change: { kind: 'observed', fields: [] } },
  }));
  await record(readBack);
  const name = { tenant, connection: 'sales', stream: 'rhythm' };
  const mark = await ledger.loadPosition(name);
  await ledger.savePosition(name, { ...mark!, next: new Date(at).toISOString() });
  const again = await until('the hours to be counted again', async () => {
    const done = await count();
    return done.published > 0 && done;
  });
  expect(again.hours).toBeGreaterThanOrEqual(12);
  await until('nothing to wait with the broker', async () => {
    const { events, duplicatesDropped } = await ledger.counts(tenant);
    return events > 0 && duplicatesDropped >= 4 * 11;
  });
  const after = await decisionsOf('contact.created');
  for (const [ago, decision] of before) expect(after.get(ago)).toStrictEqual(decision);
  expect(await unusual('contact.created')).toEqual([]);
});

onPostgres('doctor names a stream that is silent (DATABASE_URL)', async () => {
  const { clientId: SF_ID = '', clientSecret: SF_SECRET = '' } = line.org.clients['integration'] ?? {};
  const env = { DATABASE_URL: databaseUrl ?? '', SF_ID, SF_SECRET };
  const { out } = await command(['doctor', '--tenant-file', line.tenantFile, '--json'], { env });
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
  const found = findings.filter(({ what }) => what.startsWith('the rhythm of sales is unusual'));
  expect(found.map(({ level }) => level)).toContain('warning');
  expect(found.map(({ why }) => why).join()).toContain('cases created');
  expect(found.map(({ why }) => why).join()).not.toContain('contacts created');
});
