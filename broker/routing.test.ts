import { leadEvent } from '../test/real-broker';
import { partitionOf, predictionKeyOf, routingKeyOf } from './routing';

describe('partitionOf', () => {
  it('is FNV-1a, so that every process and every later version agree', () => {
    // Published test vectors of 32-bit FNV-1a: "" 811c9dc5, "a" e40c292c, "foobar" bf9cf968.
    const whole = 2 ** 32;
    expect(partitionOf('', whole)).toBe(0x811c9dc5);
    expect(partitionOf('a', whole)).toBe(0xe40c292c);
    expect(partitionOf('foobar', whole)).toBe(0xbf9cf968);
  });

  it('spreads records over all partitions within 20 % of even', () => {
    const counts = new Array<number>(8).fill(0);
    for (let lead = 0; lead < 8000; lead++) {
      const partition = partitionOf(`acme/salesforce/lead/00Q${String(lead).padStart(15, '0')}`, 8);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });
});

describe('routing keys', () => {
  it('name tenant, partition, entity and verb', () => {
    const event = leadEvent('acme', '1', 1);
    expect(routingKeyOf(event, 8)).toBe(`acme.${partitionOf(event.partitionkey, 8)}.lead.updated`);
    expect(predictionKeyOf({ ...event, type: 'io.signalbox.prediction.lead-scoring.v1' })).toBe(
      'acme.prediction.lead-scoring',
    );
  });

  it.each([
    ['a tenant with a dot', { ...leadEvent('acme', '1', 1), tenantid: 'a.b' }, /letters, digits/],
    ['a tenant with a wildcard', { ...leadEvent('acme', '1', 1), tenantid: '#' }, /letters, digits/],
    ['a type without a verb', { ...leadEvent('acme', '1', 1), type: 'io.signalbox' }, /what happened/],
    ['a key over 255 bytes', { ...leadEvent('acme', '1', 1), tenantid: 't'.repeat(250) }, /255 bytes/],
  ])('are refused for %s', (_, event, reason) => {
    expect(() => routingKeyOf(event, 8)).toThrow(reason);
  });
});
