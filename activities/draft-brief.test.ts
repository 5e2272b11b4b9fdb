import * as fc from 'fast-check';
import type { CanonicalRecord } from '../canonical-schema/entity';
import type { HistoryEntry } from '../ledger/ledger';
import { eventOf } from '../test/fixtures/events';
import { maskBrief, type Brief } from './draft-brief';

const word = fc.stringMatching(/^Z[a-z]{5,9}$/);
const digits = fc.stringMatching(/^[1-9]\d{9}$/);

/** A lead with a value of its own in every field that tells of a person. */
const aLead = fc
  .record({
    firstName: word,
    lastName: word,
    company: word,
    email: fc.tuple(word, word).map(([a, b]) => `${a}@${b}.example`),
    phone: digits.map((n) => `+${n}`),
    mobilePhone: digits.map((n) => `0${n}`),
    fax: digits,
    website: word.map((w) => `https://${w}.example/x`),
    street: fc.tuple(word, fc.integer({ min: 1, max: 99 })).map((parts) => parts.join(' ')),
    city: word,
    postalCode: fc.stringMatching(/^\d{5}$/),
    id: fc.stringMatching(/^00Q[A-Za-z0-9]{12}$/),
    nickname: word,
  })
  .map((values) => {
    const { street, city, postalCode, nickname, ...fields } = values;
    const name = `${fields.firstName} ${fields.lastName}`;
    const record: CanonicalRecord = {
      ...{ nativeType: 'Lead', ...fields, name, address: { street, city, postalCode, country: 'Spain' } },
      attributes: { job: 'retired', campaign: 2, nickname },
    };
    return { record, values: [...Object.values(values), name] };
  });

const about = (record: CanonicalRecord, history: readonly HistoryEntry[] = [], more: Partial<Brief> = {}): Brief => ({
  task: { subject: `Call ${String(record['name'])} today`, description: `Ask ${String(record['company'])}.` },
  decision: { usecase: 'lead-scoring', band: 'hot', score: '80 %', reasons: ['Contacted in March'] },
  snapshot: {
    source: '/tenants/acme/salesforce/00D000000000001AAA',
    subject: `lead/${record.id}`,
    sequence: '',
    record,
    native: { Secret__c: 'kept at home' },
    deleted: false,
  },
  history,
  personal: ['nickname'],
  ...more,
});

const told = (record: CanonicalRecord, id: string, change: object): HistoryEntry => {
  const event = eventOf({ id, tenant: 't', record: { id: record.id } });
  const data = { ...event.data, record, change: { ...event.data.change, ...change } };
  return { kind: 'event', at: '2026-11-27T08:11:13.000Z', event: { ...event, data }, status: 'decided' };
};

test('over any lead: no value of a personal field leaves, of now, of before, in a note or in the task', () => {
  fc.assert(
    fc.property(aLead, aLead, ({ record, values }, { record: before, values: old }) => {
      const note = `Spoke to ${values.join(', ')}; before: ${old.join('; ')}.`;
      const history = [
        told({ ...record, description: note }, 'e1', {
          kind: 'updated',
          fields: ['name', 'description'],
          before,
          after: record,
        }),
      ];
      const { data, mask } = maskBrief(about({ ...record, description: note }, history));
      const sent = JSON.stringify(data).toLowerCase();
      expect([...values, ...old].filter((value) => sent.includes(value.toLowerCase()))).toEqual([]);
      const { subject } = data.task as { readonly subject: string };
      expect(mask.putBack(subject).text).toBe(`Call ${String(record['name'])} today`);
    }),
    { numRuns: 100 },
  );
});

const maria: CanonicalRecord = { id: '00Q5e00001AbCdEEAV', nativeType: 'Lead', name: 'Maria Lopez', status: 'Open' };

test('what the model needs is left: states, figures, times, reasons; what the mapping did not use is not sent', () => {
  const { data } = maskBrief(about({ ...maria, employees: 250, attributes: { job: 'retired', campaign: 2 } }));
  expect(data).toMatchObject({
    entity: 'lead',
    record: { name: '[NAME_1]', status: 'Open', employees: 250, 'attributes.job': 'retired', 'attributes.campaign': 2 },
    decision: { band: 'hot', score: '80 %', reasons: ['Contacted in March'] },
  });
  expect(JSON.stringify(data)).not.toContain('kept at home');
});

test('a free text that the tenant calls personal is masked whole', () => {
  const { data } = maskBrief(
    about({ ...maria, description: 'Her brother Igor is ill.' }, [], { personal: ['description'] }),
  );
  expect((data.record as Record<string, unknown>)['description']).toMatch(/^\[ID_\d+\]$/);
});

test('of a long past the newest is told, within bounds, and no placeholder is cut in two', () => {
  const history = Array.from({ length: 200 }, (_, n) =>
    told({ ...maria, description: `${n} ${'Maria Lopez, '.repeat(600)}` }, `e${n}`, {
      kind: 'updated',
      fields: ['description'],
    }),
  );
  const { data } = maskBrief(about(maria, history));
  const sent = JSON.stringify(data);
  expect(sent.length).toBeLessThan(25_000);
  const happened = data.history as readonly { readonly now: { readonly description: string } }[];
  expect(happened.at(-1)?.now.description).toMatch(/^199 .*[^\d[]…$/);
  expect(sent).not.toMatch(/\[[A-Z_\d]*…/);
});
