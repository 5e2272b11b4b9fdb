import { CloudEvent, HTTP } from 'cloudevents';
import {
  sampleActions,
  sampleDecision,
  sampleEvent,
  sampleEvents,
  samplePrediction,
  sampleResults,
} from './testing/samples';
import { validateAction, validateActionResult, validateDecision, validateEnvelope, validateEvent } from './validate';

const everything = [...sampleEvents, samplePrediction];

describe('an event of every type', () => {
  test('there are 84 and the prediction', () => {
    expect(new Set(everything.map((event) => event.type)).size).toBe(85);
  });

  test.each(everything.map((event) => [event.type, event] as const))(
    '%s is valid, also to the CloudEvents SDK',
    (_, event) => {
      expect(validateEvent(event)).toEqual([]);
      expect(validateEnvelope(event)).toEqual([]);
      expect(new CloudEvent<unknown>({ ...event }).validate()).toBe(true);
      const headers = { 'content-type': 'application/cloudevents+json' };
      const received = HTTP.toEvent<unknown>({ headers, body: JSON.stringify(event) }) as CloudEvent<unknown>;
      expect(received.validate()).toBe(true);
      expect(received.toJSON()).toEqual(event);
    },
  );
});

test('an event that refers to its data instead of carrying it is valid', () => {
  const event = { ...sampleEvent('lead', 'updated'), data: undefined };
  expect(validateEvent({ ...event, dataref: 'https://example.org/bodies/1' })).toEqual([]);
  expect(validateEvent(event)).not.toEqual([]);
});

describe('validateEvent refuses, with the place,', () => {
  const lead = sampleEvent('lead', 'updated');
  const opportunity = sampleEvent('opportunity', 'updated');
  const withRecord = (fields: object, event = lead): unknown => ({
    ...event,
    data: { ...event.data, record: { ...event.data.record, ...fields } },
  });
  const without = (name: string): unknown => Object.fromEntries(Object.entries(lead).filter(([key]) => key !== name));

  test.each([
    ['an empty text', withRecord({ company: '' }), '/data/record/company'],
    ['null for what is unknown', withRecord({ phone: null }), '/data/record/phone'],
    ['a field that the entity does not have', withRecord({ stage: 'x' }), '/data/record/stage'],
    ['a name that a JSON pointer escapes', withRecord({ 'a/b~c': 1 }), '/data/record/a~1b~0c'],
    ['money as a number', withRecord({ annualRevenue: 1000000.1 }), '/data/record/annualRevenue'],
    ['money in exponents', withRecord({ amount: '1e6' }, opportunity), '/data/record/amount'],
    ['a currency that is no code', withRecord({ currency: 'euro' }), '/data/record/currency'],
    ['a fraction of an employee', withRecord({ employees: 1.5 }), '/data/record/employees'],
    ['a count as text', withRecord({ employees: '12' }), '/data/record/employees'],
    ['a truth as text', withRecord({ isConverted: 'false' }), '/data/record/isConverted'],
    ['a day that there is not', withRecord({ closeDate: '2025-02-30' }, opportunity), '/data/record/closeDate'],
    ['an instant without a zone', withRecord({ createdAt: '2025-03-01T09:30:00' }), '/data/record/createdAt'],
    ['an address as one text', withRecord({ address: 'Wien' }), '/data/record/address'],
    ['an unknown part of an address', withRecord({ address: { town: 'Wien' } }), '/data/record/address/town'],
    ['a record of another id than the subject', withRecord({ id: '00Q2' }), '/data/record/id'],
    ['a change of another kind than the type', { ...lead, type: 'io.signalbox.lead.created.v1' }, '/data/change/kind'],
    ['an entity of another name than the type', { ...lead, type: 'io.signalbox.contact.updated.v1' }, '/data/entity'],
    ['a subject of another entity', { ...lead, subject: 'contact/00Q1' }, '/subject'],
    ['a type of a later version', { ...lead, type: 'io.signalbox.lead.updated.v2' }, '/type'],
    ['a type that is no text', { ...lead, type: 7 }, '/type'],
    ['a sequence that does not compare as text', { ...lead, sequence: '42' }, '/sequence'],
    ['a time that does not compare as text', { ...lead, time: '2025-03-01T10:30:00.000+01:00' }, '/time'],
    ['a source of somebody else', { ...lead, source: 'urn:x' }, '/source'],
    ['a label that it does not know', { ...lead, dataclassification: 'secret' }, '/dataclassification'],
    ['a trace that is none', { ...lead, traceparent: '00-1-2-3' }, '/traceparent'],
    ['an extension name with capitals', { ...lead, commitNumber: '1' }, '/commitNumber'],
    ['an extension that is an object', { ...lead, extra: {} }, '/extra'],
    ['an integer extension beyond 32 bits', { ...lead, extra: 2 ** 31 }, '/extra'],
    [
      'the schema of another entity',
      { ...lead, dataschema: 'https://signalbox.io/schemas/case.v1.json' },
      '/dataschema',
    ],
    ['no origin', without('origin'), ''],
    ['no tenant', without('tenantid'), ''],
    ['data in base64, too', { ...lead, data_base64: 'Zm9v' }, '/data_base64'],
    ['no object', [lead], ''],
    ['nothing', undefined, ''],
    ['a prediction without its cause', { ...samplePrediction, causationid: undefined }, ''],
    ['a prediction of more than 1', { ...samplePrediction, data: { ...sampleDecision, score: 1.01 } }, '/data/score'],
  ])('%s', (_, event, path) => {
    const faults = validateEvent(event);
    expect(faults.map((fault) => fault.path)).toContain(path);
    for (const fault of faults) expect(fault.message.length).toBeGreaterThan(5);
  });

  test('every fault at once, each said in words', () => {
    expect(
      validateEvent({
        ...lead,
        origin: 'me',
        data: { ...lead.data, record: { id: '00Q1', nativeType: 'Lead', employees: -1 } },
      }),
    ).toEqual([
      { path: '/origin', message: 'must be equal to one of the allowed values: ["self","external"]' },
      { path: '/data/record/employees', message: 'must be >= 0' },
    ]);
  });
});

test('an action of every kind, and a result of every outcome, is valid', () => {
  expect(sampleActions.flatMap(validateAction)).toEqual([]);
  expect(sampleResults.flatMap(validateActionResult)).toEqual([]);
});

test.each([
  ['a kind that there is not', { kind: 'delete-record' }, '/kind'],
  [
    'a subject of 256 characters',
    { task: { subject: 'x'.repeat(256), description: '', priority: 'high' } },
    '/task/subject',
  ],
  ['a task without a priority', { task: { subject: 'x', description: '' } }, '/task'],
  ['an id of 256 characters', { id: 'x'.repeat(256) }, '/id'],
  ['a field of another kind', { taskId: '1' }, '/taskId'],
])('validateAction refuses %s', (_, members, path) => {
  expect(validateAction({ ...sampleActions[0], ...members }).map((fault) => fault.path)).toContain(path);
});

test('a result that names both an effect and a failure is refused', () => {
  expect(validateActionResult({ ...sampleResults[0], failure: 'conflict' })).toEqual([
    { path: '/failure', message: 'is not a property of the schema' },
  ]);
});

test('a decision is checked by itself, too', () => {
  expect(validateDecision(sampleDecision)).toEqual([]);
  const abstained = { ...sampleDecision, outcome: 'abstain', score: undefined, band: undefined, model: undefined };
  expect(validateDecision(abstained)).toEqual([]);
  expect(validateDecision({ ...sampleDecision, contributions: { age: '1' } })).toEqual([
    { path: '/contributions/age', message: 'must be number' },
  ]);
});
