import { parseId, recordId, to18 } from './ids';

it('adds the checksum that real ids carry', () => {
  // Ids of captured events and of the Change Data Capture guide.
  for (const id of [
    '001Dp00000JJkjiIAD',
    '005Dp000000PpjsIAC',
    '0015f00002JUXA8AAP',
    '012Dp000000Cx1rIAC',
    '0012F00000ic4TZQAY',
  ]) {
    expect(to18(id.slice(0, 15))).toBe(id);
  }
});

it('makes ids of the object, each another, that it takes back', () => {
  const ids = [1, 2, 61, 62, 3843, 3844, 916_132_832].map((n) => recordId('00Q', n));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^00Q[0-9A-Za-z]{15}$/);
    expect(parseId(id)).toBe(id);
    expect(parseId(id.slice(0, 15))).toBe(id);
  }
});

it('takes neither a wrong checksum nor a wrong length nor anything but text', () => {
  expect(parseId('001Dp00000JJkjiIAE')).toBeUndefined();
  expect(parseId('001Dp00000JJkj')).toBeUndefined();
  expect(parseId('001Dp00000JJkj-')).toBeUndefined();
  expect(parseId(7)).toBeUndefined();
});
