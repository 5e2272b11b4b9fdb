import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256Hex } from './sha256';

describe('sha256Hex', () => {
  // FIPS 180-4 example messages and NIST's SHA256ShortMsg/LongMsg style extremes.
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('gives the published digest of %.20s', (text, digest) => {
    expect(sha256Hex(text)).toBe(digest);
  });

  test('agrees with node:crypto at every length around a block, and for any UTF-8', () => {
    for (let length = 0; length <= 130; length++) expectAsNode('x'.repeat(length));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), expectAsNode), { numRuns: 300 });
  });
});

function expectAsNode(text: string): void {
  expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
}
