import { entityNames } from '../../../canonical-schema/entity';
import { kindsOf } from '../../kit/entity-kinds';
import { standardObjects } from './standard-objects';

describe('kindsOf', () => {
  it('knows how fields hold their values from the schemas', () => {
    const lead = kindsOf('lead');
    expect(
      ['annualRevenue', 'currency', 'employees', 'createdAt', 'isConverted', 'email'].map((name) => lead.get(name)),
    ).toEqual(['decimal', 'currency', 'count', 'instant', 'boolean', 'text']);
    expect(kindsOf('task').get('due')).toBe('date');
    expect(kindsOf('task').get('relatedTo')).toBe('relation');
    expect(kindsOf('lead').has('id')).toBe(false);
    expect(entityNames.every((entity) => kindsOf(entity).size > 0)).toBe(true);
  });

  it('agrees with the built-in tables', () => {
    const alike: Readonly<Record<string, string>> = { id: 'text', midnight: 'instant', minutes: 'count' };
    for (const { entity, fields } of Object.values(standardObjects)) {
      for (const [field, kind] of Object.values(fields)) {
        if (kind !== 'direction')
          expect([entity, field, kindsOf(entity).get(field)]).toEqual([entity, field, alike[kind] ?? kind]);
      }
    }
  });
});
