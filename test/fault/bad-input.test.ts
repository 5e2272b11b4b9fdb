import { leadFields } from '../../cli/demo/lead-fields';
import type { HistoryEntry, QuarantineRow } from '../../ledger/ledger';
import { hotLead, startLine, until, type Line } from '../line';
import { avroDouble, avroLong, creationOf, replaced, type Captured } from './forge';

const topic = '/data/LeadChangeEvent';
const megabyte = 1_000_000;

let line: Line;
beforeAll(async () => {
  line = await startLine({
    simulator: {
      fields: {
        Lead: [
          ...leadFields.map(({ name, type }) => ({ name, type })),
          { name: 'Notes__c', type: 'textarea', length: 2 * megabyte },
          { name: 'Region__c', type: 'string' },
          { name: 'Since__c', type: 'date' },
        ],
      },
    },
    connection: {
      subscribe: [topic, '/data/ContactChangeEvent', '/data/TaskChangeEvent'],
      mapping: {
        lead: {
          ...Object.fromEntries(leadFields.flatMap(({ name, attribute }) => (attribute ? [[attribute, name]] : []))),
          // Fails for a value that is no number.
          numberOfEmployees: '$number(Region__c)',
        },
      },
    },
    // Fails for a title that is no number.
    useCase: { when: '$exists(record.title) ? $number(record.title) > 0 : $not(record.isConverted = true)' },
  });
}, 120_000);
afterAll(() => line.stop(), 30_000);

const tasksOf = (lead: string): readonly Record<string, unknown>[] =>
  line.org.admin.records('Task').filter(({ WhoId }) => WhoId === lead);

const story = (subject: string): Promise<readonly HistoryEntry[]> =>
  line.signalbox.runtime.ledger.history(line.tenant.tenant, subject);

type EventEntry = Extract<HistoryEntry, { kind: 'event' }>;
type DecisionEntry = Extract<HistoryEntry, { kind: 'decision' }>;

const eventsOf = async (subject: string): Promise<readonly EventEntry[]> =>
  (await story(subject)).filter((entry) => entry.kind === 'event');

const decisionsOf = async (lead: string): Promise<readonly DecisionEntry[]> =>
  (await story(`lead/${lead}`)).filter((entry) => entry.kind === 'decision');

/** A good lead: its task proves that the line works. */
async function goodLead(): Promise<string> {
  const lead = line.org.admin.create('Lead', hotLead);
  await until('a good lead to become a task', () => tasksOf(lead).length === 1);
  return lead;
}

/** The entry of the quarantine that this makes, with its bytes. */
async function quarantinedBy(happen: () => void): Promise<QuarantineRow & { readonly bytes: Buffer }> {
  const { quarantine } = line.signalbox.runtime.ledger;
  const before = new Set((await quarantine.list(line.tenant.tenant)).map(({ id }) => id));
  happen();
  const row = await until('something in the quarantine', async () =>
    (await quarantine.list(line.tenant.tenant)).find(({ id }) => !before.has(id)),
  );
  const whole = await quarantine.get(line.tenant.tenant, row.id);
  if (whole === undefined) throw new Error(`the quarantine lists ${row.id} and does not have it`);
  return whole;
}

/** The first of January of the year 0, epoch ms. */
const yearZero = -62_167_219_200_000;

/** Puts bytes on the topic as a new event. */
function publish({ schemaId }: Captured, payload: Buffer): void {
  line.org.admin.fault({ kind: 'rawPayload', topic, schemaId, payload: payload.toString('base64') });
}

/** A later copy of a lead's creation: what it says is newer than all that is known. */
function later({ payload, committed }: Captured): Buffer {
  return replaced(payload, avroLong(committed), avroLong(committed + 3_600_000));
}

/** The bytes of the newest event on the topic, as the org holds them. */
const newestPayload = (): Buffer => Buffer.from(line.org.admin.events(topic).at(-1)?.payload ?? '', 'base64');

// Whatever came before: the stream goes on.
afterEach(async () => {
  await goodLead();
}, 30_000);

test('truncated Avro goes to quarantine with its exact bytes', async () => {
  const row = await quarantinedBy(() => {
    line.org.admin.fault({ kind: 'truncatedAvro', object: 'Lead' });
  });
  expect(row).toMatchObject({ code: 'SBX_SALESFORCE_AVRO', stream: topic, connection: 'sales' });
  expect(row.bytes.length).toBeGreaterThan(0);
  expect(row.bytes.equals(newestPayload())).toBe(true);
});

test('an event whose schema nobody knows goes to quarantine with its exact bytes', async () => {
  const row = await quarantinedBy(() => {
    line.org.admin.fault({ kind: 'unknownSchemaId', object: 'Lead' });
  });
  expect(row.code).toMatch(/SCHEMA/);
  expect(row.message).toContain('AAAAAAAAAAAAAAAAAAAAAA');
  expect(row.bytes.equals(newestPayload())).toBe(true);
});

test('a field of 1 MB that fits into an event is decided as any other, and kept whole', async () => {
  const lead = line.org.admin.create('Lead', { ...hotLead, Notes__c: 'x'.repeat(megabyte) });
  await until('its task', () => tasksOf(lead).length === 1);
  const [event] = await eventsOf(`lead/${lead}`);
  expect(String(event?.event.data.native['Notes__c'])).toHaveLength(megabyte);
});

test('a field that makes the event too large comes as a gap event: the record is read, and decided', async () => {
  const lead = line.org.admin.create('Lead', { ...hotLead, Notes__c: 'x'.repeat(1.5 * megabyte) });
  expect(JSON.stringify(line.org.admin.events(topic).at(-1)?.decoded)).toContain('GAP_CREATE');
  await until('its task', () => tasksOf(lead).length === 1);
  const [event] = await eventsOf(`lead/${lead}`);
  expect(event?.event.data).toMatchObject({
    change: { kind: 'created', gap: true },
    provenance: { record: 'hydrated' },
  });
});

test('NaN in a number is refused by the model: decided without a score, with the reason', async () => {
  const lead = await goodLead();
  const captured = creationOf(line.org, topic, lead);
  publish(captured, replaced(later(captured), avroDouble(5040), avroDouble(NaN)));
  const { decision } = await until('the decision on NaN', async () =>
    (await decisionsOf(lead)).find((entry) => entry.decision.outcome === 'abstain'),
  );
  expect(decision.because).toMatch(/nr\.employed .*is "NaN", not a number/);
  expect(decision).not.toHaveProperty('score');
  expect(tasksOf(lead)).toMatchObject([{ Status: 'Not Started' }]);
});

test('a commit in the year 0 has no place in the order of changes: it goes to quarantine', async () => {
  const lead = await goodLead();
  const captured = creationOf(line.org, topic, lead);
  const row = await quarantinedBy(() => {
    publish(captured, replaced(captured.payload, avroLong(captured.committed), avroLong(yearZero)));
  });
  expect(row).toMatchObject({ code: 'SBX_SALESFORCE_TIME', stream: topic });
  expect(row.message).toContain(String(yearZero));
  expect(row.bytes.toString()).toContain(lead);
  expect(await decisionsOf(lead)).toHaveLength(1);
});

test('a date field in the year 0 is not known; the rest of the lead is decided on', async () => {
  const lead = line.org.admin.create('Lead', { ...hotLead, Since__c: '2020-02-29' });
  await until('its task', () => tasksOf(lead).length === 1);
  const captured = creationOf(line.org, topic, lead);
  const since = avroLong(Date.UTC(2020, 1, 29));
  publish(captured, replaced(later(captured), since, avroLong(yearZero)));
  const decided = await until('the second decision', async () => {
    const decisions = await decisionsOf(lead);
    return decisions.length === 2 ? decisions : undefined;
  });
  expect(decided.map(({ decision }) => decision.band)).toEqual(['hot', 'hot']);
  const told = (await eventsOf(`lead/${lead}`)).filter(({ event }) => event.type === 'io.signalbox.lead.created.v1');
  // What is no day stays among the native fields as the CRM said it.
  expect(told.map(({ event }) => event.data.native['Since__c'])).toEqual(['2020-02-29', yearZero]);
  expect(tasksOf(lead)).toHaveLength(1);
});

test('a record that was deleted before anybody could read it is ignored with its cause', async () => {
  line.org.admin.fault({ kind: 'gapEvent', object: 'Contact', recordIds: ['003000000000099AAA'] });
  const event = await until('the gap event', async () => (await eventsOf('contact/003000000000099AAA'))[0]);
  expect(event).toMatchObject({ status: 'ignored', because: 'the record was deleted meanwhile' });
});

test('a lead that was deleted before it could be acted on leaves no task', async () => {
  const lead = line.org.admin.create('Lead', hotLead);
  line.org.admin.remove(lead);
  await until('the engagement to be over', async () =>
    (await story(`lead/${lead}`)).some((entry) => entry.kind === 'event' && entry.event.data.change.kind === 'deleted'),
  );
  await goodLead();
  expect(tasksOf(lead).filter(({ IsDeleted, Status }) => IsDeleted !== true && Status !== 'Completed')).toEqual([]);
});

test('a mapping that cannot be applied to a record puts it in quarantine, not the stream', async () => {
  let lead = '';
  const row = await quarantinedBy(() => {
    lead = line.org.admin.create('Lead', { ...hotLead, Region__c: 'north' });
  });
  expect(row).toMatchObject({ code: 'SBX_MAPPING_EXPRESSION', stream: topic });
  expect(row.message).toContain('$number(Region__c)');
  expect(row.bytes.toString()).toContain(lead);
  expect(tasksOf(lead)).toEqual([]);
});

test('a use case whose condition fails parks the record, and what comes after it', async () => {
  const { ledger } = line.signalbox.runtime;
  const lead = line.org.admin.create('Lead', { ...hotLead, Title: 'Dr.' });
  const [first] = await until('the lead to be parked', async () => {
    const parked = await ledger.listParked(line.tenant.tenant, `lead/${lead}`);
    return parked.length === 1 ? parked : undefined;
  });
  expect(first).toMatchObject({ code: 'SBX_EXPRESSION_FAILED' });
  await goodLead();
  line.org.admin.update(lead, { Title: '1' });
  const { broker } = line.signalbox.runtime;
  await until('the later change in the parking queue', () =>
    broker.withChannel(async (channel) => {
      const { messageCount } = await channel.checkQueue(`sbx.parked.${line.tenant.tenant}`);
      return messageCount === 2;
    }),
  );
  expect(tasksOf(lead)).toEqual([]);
});

test('an event of an entity that no use case asks for is recorded and ignored', async () => {
  const contact = line.org.admin.create('Contact', { LastName: 'Reader' });
  const event = await until('the contact', async () => (await eventsOf(`contact/${contact}`))[0]);
  expect(event).toMatchObject({ status: 'ignored', because: 'no use case asks for it' });
});
