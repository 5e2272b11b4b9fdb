import { canonicalJson } from './canonical-json';

test('writes members in the order of their names, at every depth, and lists in their own', () => {
  expect(canonicalJson({ b: [{ z: 1, a: null }, 'x'], a: true, ä: '"', B: 1e21 })).toBe(
    '{"B":1e+21,"a":true,"b":[{"a":null,"z":1},"x"],"ä":"\\""}',
  );
});

test('leaves out what is undefined', () => {
  expect(canonicalJson({ a: undefined, b: [undefined, -0] })).toBe('{"b":[null,0]}');
});

test('refuses what JSON cannot say, naming the place', () => {
  expect(() => canonicalJson({ a: [1, NaN] })).toThrow('$.a[1] is NaN');
  expect(() => canonicalJson({ a: { b: 1n } })).toThrow('$.a.b is bigint');
  expect(() => canonicalJson({ a: new URL('http://x') })).toThrow('$.a is URL');
  expect(() => canonicalJson(new Map())).toThrow('$ is Map');
  expect(() => canonicalJson(undefined)).toThrow('$ is undefined');
});
