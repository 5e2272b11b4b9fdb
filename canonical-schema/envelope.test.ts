import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { validateEnvelope } from './validate';

// Needs the schema and the examples of the CloudEvents specification (cloudevents/spec, Apache-2.0).
const folder = join(__dirname, '../../shared/fixtures/cloudevents');
const specSchema = join(folder, 'spec/cloudevents.json');
const isPresent = existsSync(specSchema);

(isPresent ? describe : describe.skip)('the envelope, beside the schema of the CloudEvents specification', () => {
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  const isCloudEvent = ajv.compile(isPresent ? (JSON.parse(readFileSync(specSchema, 'utf8')) as object) : {});
  const minimal = { specversion: '1.0', id: '1', source: '/x', type: 'y' };

  test('accepts every example of the specification that its schema accepts', () => {
    const examples = eventsIn(join(folder, 'spec-examples')).filter(([, event]) => isCloudEvent(event));
    expect(examples.length).toBeGreaterThan(10);
    for (const [file, event] of examples) expect([file, validateEnvelope(event)]).toEqual([file, []]);
  });

  test.each<[string, object]>([
    ['the least', {}],
    [
      'nulls for absent attributes',
      { subject: null, time: null, datacontenttype: null, dataschema: null, data: null, data_base64: null },
    ],
    ['a text as data', { datacontenttype: 'text/xml', data: '<much wow="xml"/>' }],
    ['a list as data', { data: [1, null] }],
    ['binary data', { data_base64: 'Zm9v' }],
    ['nanoseconds and an offset', { time: '2018-04-05T17:31:00.123456789+02:00' }],
    ['extensions of every type', { comexampleextension1: 'value', comexampleothervalue: 5, flag: true }],
  ])('accepts %s, as that does', (_, members) => {
    expect(isCloudEvent({ ...minimal, ...members })).toBe(true);
    expect(validateEnvelope({ ...minimal, ...members })).toEqual([]);
  });

  test.each<[string, object]>([
    ['an empty id', { id: '' }],
    ['no type', { type: undefined }],
    ['a source that is no URI reference', { source: 'a b' }],
    ['a time that is none', { time: 'yesterday' }],
    ['a schema that is no absolute URI', { dataschema: 'x' }],
  ])('refuses %s, as that does', (_, members) => {
    expect(isCloudEvent({ ...minimal, ...members })).toBe(false);
    expect(validateEnvelope({ ...minimal, ...members })).not.toEqual([]);
  });

  test.each<[string, object]>([
    ['another version of the specification', { specversion: '0.3' }],
    ['a name with capitals', { comExample: 'x' }],
    ['an object as an extension', { comexample: {} }],
  ])('refuses %s, which only the words of the specification forbid', (_, members) => {
    expect(isCloudEvent({ ...minimal, ...members })).toBe(true);
    expect(validateEnvelope({ ...minimal, ...members })).not.toEqual([]);
  });
});

function eventsIn(directory: string): (readonly [string, unknown])[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [file, JSON.parse(readFileSync(join(directory, file), 'utf8')) as unknown] as const);
}
