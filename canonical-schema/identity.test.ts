import { entityNames } from './entity';
import * as identity from './identity';

test('names types, sources, subjects, keys and schemas as the architecture page says', () => {
  expect(identity.eventType('lead', 'created')).toBe('io.signalbox.lead.created.v1');
  expect(identity.predictionType('lead-scoring')).toBe('io.signalbox.prediction.lead-scoring.v1');
  expect(identity.eventSource('acme', 'salesforce', '00D000000000001EAA')).toBe(
    '/tenants/acme/salesforce/00D000000000001EAA',
  );
  expect(identity.subjectOf('lead', '00Q1')).toBe('lead/00Q1');
  expect(identity.partitionKey('acme', 'sap', 'account', '17')).toBe('acme/sap/account/17');
  expect(identity.dataSchemaOf('case')).toBe('https://signalbox.io/schemas/case.v1.json');
});

test('a source stays a URI reference of four parts whatever the organisation is called', () => {
  expect(identity.eventSource('acme', 'sap', 'S4H/100 é')).toBe('/tenants/acme/sap/S4H%2F100%20%C3%A9');
});

test.each(entityNames)('reads back the subject of %s', (entity) => {
  for (const id of ['1', '*', 'a/b', '/'])
    expect(identity.parseSubject(identity.subjectOf(entity, id))).toEqual({ entity, id });
});

test.each(['', 'lead', 'lead/', '/1', 'invoice/1', 'lea/d'])('"%s" is no subject', (subject) => {
  expect(identity.parseSubject(subject)).toBeUndefined();
});

describe('sequenceOf', () => {
  test('pads each part to 20 digits', () => {
    expect(identity.sequenceOf(42n, 7, '0000000000000000000000000000012')).toBe(
      '00000000000000000042.00000000000000000007.00000000000000000012',
    );
    expect(identity.sequenceOf(2n ** 64n - 1n)).toBe('18446744073709551615');
  });

  test.each([-1, 1.5, NaN, 2 ** 53, 1e21, '', '-1', '1.0', ' 1', '١', 10n ** 20n])('refuses %s', (part) => {
    expect(() => identity.sequenceOf(1, part)).toThrow(RangeError);
  });
});

describe('stableId', () => {
  test('is a version 8 UUID, and the same in every release', () => {
    expect(identity.stableId('acme', 'salesforce', 'é')).toBe('e8fb91b5-e987-8f91-a52a-d0d76dafd52f');
    expect(identity.stableId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('tells apart where parts are cut, and half surrogate pairs', () => {
    const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['\ud800'], ['\ud801'], ['\ufffd'], []].map((parts) =>
      identity.stableId(...parts),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});
