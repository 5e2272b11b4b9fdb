import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { Encryption } from './encryption';

const keys = (...named: readonly (readonly [string, number])[]): ReadonlyMap<string, Buffer> =>
  new Map(named.map(([name, byte]) => [name, Buffer.alloc(32, byte)]));
const [old, both] = [new Encryption(keys(['a', 1])), new Encryption(keys(['b', 2], ['a', 1]))];

const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const value = ([payload]: readonly Payload[]): unknown => defaultPayloadConverter.fromPayload(payload ?? {});
const first = ([payload]: readonly Payload[]): Payload & { readonly data: Uint8Array } => ({
  ...payload,
  data: payload?.data ?? new Uint8Array(),
});

test('whatever is encrypted comes back, and nothing of it lies open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string({ minLength: 4 }), async (json, secret) => {
      const sealed = await both.encode([plain({ json, secret })]);
      expect(Buffer.from(first(sealed).data).includes(Buffer.from(JSON.stringify(secret)))).toBe(false);
      expect(Object.keys(first(sealed).metadata ?? {})).toEqual(['encoding', 'encryption-key-id']);
      expect(JSON.stringify(value(await both.decode(sealed)))).toBe(JSON.stringify({ json, secret }));
    }),
  );
});

test('the same is never encrypted alike', async () => {
  const [one, other] = await both.encode([plain('same'), plain('same')]);
  expect(one?.data).not.toEqual(other?.data);
});

test('what was written before there was a key, and with an older key, is read', async () => {
  expect(value(await both.decode([plain('open')]))).toBe('open');
  expect(value(await both.decode(await old.encode([plain('older')])))).toBe('older');
});

test('a key that is not known is named', async () => {
  const sealed = await both.encode([plain(1)]);
  await expect(old.decode(sealed)).rejects.toThrow('encrypted with the key "b", which SIGNALBOX_PAYLOAD_KEYS lacks');
});

test('what somebody changed is refused: a bit of the data, or the name of the key', async () => {
  const twins = new Encryption(keys(['b', 2], ['twin', 2]));
  const sealed = first(await both.encode([plain('whole')]));
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.data.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const data = Buffer.from(sealed.data);
      data[at] = (data[at] ?? 0) ^ bits;
      await expect(both.decode([{ ...sealed, data }])).rejects.toThrow();
    }),
  );
  const renamed = { ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('twin') } };
  await expect(twins.decode([renamed])).rejects.toThrow();
});
