import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLandscape } from '../test-support/client';
import { businessPartnerService } from './s4';

const file = join(__dirname, '..', '..', '..', '..', 'shared', 'fixtures', 'sap', 'edmx', 'API_BUSINESS_PARTNER.edmx');
const describeEdmx = existsSync(file) ? describe : describe.skip;

const attribute = (tag: string, name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];

const typeIn = (edmx: string, name: string): string =>
  new RegExp(`<EntityType Name="${name}".*?</EntityType>`, 's').exec(edmx)?.[0] ?? '';

/** Properties of an entity type as a line each: name, type, length and who may set it. */
const linesOf = (type: string): readonly string[] =>
  [...type.matchAll(/<Property [^>]*>/g)].map(([tag]) =>
    [
      attribute(tag, 'Name'),
      attribute(tag, 'Type'),
      attribute(tag, 'MaxLength') ?? '',
      attribute(tag, 'sap:creatable') === 'false' && attribute(tag, 'sap:updatable') === 'false' ? 'readonly' : '',
    ].join(' '),
  );

const keysOf = (type: string): readonly string[] =>
  [...type.matchAll(/<PropertyRef Name="(\w+)"/g)].map(([, name = '']) => name);

describeEdmx('the metadata against SAP’s (needs ../shared/fixtures/sap)', () => {
  const theirs = existsSync(file) ? readFileSync(file, 'utf8') : '';
  let ours = '';

  beforeAll(async () => {
    const { partners, sap } = await startLandscape();
    ours = (await partners.ask('$metadata')).text;
    await sap.stop();
  });

  it.each(businessPartnerService.types.map((type) => [type.name, type] as const))('%s', (name, type) => {
    const [captured, made] = [typeIn(theirs, name), typeIn(ours, name)];
    const lines = linesOf(made);
    expect(lines.length).toBeGreaterThan(3);
    expect(linesOf(captured)).toEqual(expect.arrayContaining([...lines]));
    expect(keysOf(made)).toEqual(keysOf(captured));
    for (const { name: navigation } of type.navigations) {
      expect(captured).toContain(`<NavigationProperty Name="${navigation}"`);
    }
    expect(theirs).toContain(`<EntitySet Name="${type.set}" EntityType="API_BUSINESS_PARTNER.${name}"`);
    const set = new RegExp(`<EntitySet Name="${type.set}" [^>]*>`).exec(theirs)?.[0] ?? '';
    expect(attribute(set, 'sap:deletable') !== 'false').toBe(type.deletable);
  });
});
