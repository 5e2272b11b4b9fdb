import type { CanonicalEvent } from '../../canonical-schema/event';
import { eventOf } from '../fixtures/events';
import { hotLead } from '../line';
import { decide, leadOf, recordOf, startTenants, withoutIngest, type TenantsLine } from './tenants-line';
import { entries, tasksAbout, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const variants = {
  watched: {
    useCase: {
      ...{ model: 'anomaly', entity: 'lead' },
      bands: { unusual: 0.5 },
      act: { unusual: [{ task: { subject: 'Look at {{record.name}}', body: '{{reasons.0}}', priority: 'high' } }] },
    },
  },
};
let line: TenantsLine<keyof typeof variants>;
beforeAll(async () => {
  line = await startTenants(variants, { roles: withoutIngest });
});
afterAll(() => line.stop());

const start = Date.UTC(2026, 0, 5, 9);
const day = 86_400_000;

/** What a lead tells on a day: a value that its connection maps. */
function told(lead: string, n: number, value: number): CanonicalEvent {
  const record = recordOf(lead, leadOf('watched', hotLead));
  return eventOf({
    id: `${lead}-${n}`,
    tenant: line.tenants.watched.tenant,
    time: new Date(start + n * day).toISOString(),
    record: { ...record, attributes: { ...record.attributes, value } },
    change: { kind: 'updated', fields: ['value'] },
  });
}

test('a value that is unusual for its record ends in a task that says what was expected; before, nothing is done', async () => {
  const tenant = line.tenants.watched;
  const lead = line.org.admin.create('Lead', leadOf('watched', hotLead));
  const values = Array.from({ length: 40 }, (_, n) => 100 + ((n * 7) % 11));
  const events = values.map((value, n) => told(lead, n, value));
  for (let from = 0; from < events.length; from += 10) {
    await decide(line, tenant, { id: `b${from}`, events: events.slice(from, from + 10) });
  }
  expect(tasksAbout(line, lead)).toHaveLength(0);
  const odd = { id: 'odd', events: [told(lead, 40, 900)] };
  await decide(line, tenant, odd);
  await untilTask(line, tenant, lead);
  const decisions = (await entries(line, tenant, lead, 'decision')).map(({ decision }) => decision);
  expect(decisions.slice(0, 7).every(({ outcome }) => outcome === 'abstain')).toBe(true);
  expect(decisions.slice(20, 40).every(({ outcome, score = 1 }) => outcome === 'none' && score < 0.5)).toBe(true);
  const last = decisions.at(-1)!;
  expect(last).toMatchObject({ outcome: 'act', band: 'unusual', model: { name: 'anomaly' } });
  const why =
    /A value of 900, where \d+(\.\d)? to \d+ is usual( on Saturdays about 09:00 UTC)?: \d+\.\d times the usual spread above/;
  expect(last.reasons[0]!.text).toMatch(why);
  const logit = Object.values(last.contributions).reduce((sum, c) => sum + c, last.intercept!);
  expect(last.score).toBeCloseTo(1 / (1 + Math.exp(-logit)), 9);
  const [task] = tasksAbout(line, lead);
  expect(task!['Subject']).toMatch(/^Look at .* \(\d+ % unusual\)$/);
  expect(task!['Description']).toMatch(why);
  // The same batch again, when the ledger knows all of it, decides nothing anew.
  await decide(line, tenant, { ...odd, id: 'again' });
  expect((await entries(line, tenant, lead, 'decision')).map(({ decision }) => decision)).toStrictEqual(decisions);
});
