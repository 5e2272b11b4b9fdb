import { defaultPayloadConverter } from '@temporalio/common';
import { payloadConverter } from './payload-converter';

const values: readonly (readonly [string, unknown])[] = [
  ['an event', { id: 'e1', data: { name: 'Zoë Müller', note: '客户 😀', none: null, many: [1, 2.5, true] } }],
  ['half a surrogate pair', { text: '\ud800 and \udc00' }],
  ['a NUL and a byte order mark', '\u0000\ufeff'],
  ['a text longer than one block of any decoder', 'é😀x'.repeat(2_000)],
  ['nothing', undefined],
  ['null', null],
  ['bytes', new Uint8Array([0, 255, 128])],
];

test.each(values)('%s is written and read as the SDK does', (_name, value) => {
  const payload = payloadConverter.toPayload(value);
  const usual = defaultPayloadConverter.toPayload(value);
  expect(payload.metadata).toEqual(usual.metadata);
  expect(Buffer.from(payload.data ?? [])).toEqual(Buffer.from(usual.data ?? []));
  expect(payloadConverter.fromPayload(usual)).toEqual(value);
  expect(defaultPayloadConverter.fromPayload(payload)).toEqual(value);
});

test('what JSON has no text for is refused, as the SDK does', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  for (const value of [circle, 1n, () => 1])
    expect(() => payloadConverter.toPayload(value)).toThrow(/Unable to convert/);
});
