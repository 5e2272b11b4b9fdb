import { entityFields } from './catalog';
import { entityNames } from './entity';
import { fieldKind, partKind } from './personal';

test.each(entityNames)('it is said of every field of %s what it tells of a person', (entity) => {
  const unsaid = entityFields(entity).filter((field) => fieldKind(entity, field) === undefined);
  expect(unsaid).toEqual([]);
});

test('a lead and a contact are named as persons, everything else is not', () => {
  expect([fieldKind('lead', 'name'), fieldKind('contact', 'name')]).toEqual(['name', 'name']);
  expect([fieldKind('account', 'name'), fieldKind('opportunity', 'name')]).toEqual(['company', 'company']);
});

test('of an address all is personal but the country; of a participant the name and the address', () => {
  expect(['street', 'city', 'postalCode', 'country'].map((part) => partKind('address', part))).toEqual([
    ...['address', 'address', 'address', 'plain'],
  ]);
  expect(['name', 'address', 'role'].map((part) => partKind('text', part))).toEqual(['name', 'email', 'plain']);
});
