import path from 'node:path';
import { loadModels } from '../models/registry';
import { withCatalogue } from './catalogue';
import { toUseCase } from './to-use-case';
import { type KnownModels, useCaseFindings } from './use-case';

let models: KnownModels;
beforeAll(async () => {
  models = await loadModels(path.join(__dirname, '../models'));
});

const around = () => ({
  ...{ connectors: {}, refusals: {}, mappings: { sales: {} }, models, folder: __dirname },
  ...{ hasIdentity: false, hasAssistant: false },
});
const sales = { connection: 'sales' } as const;

describe.each(['anomaly', 'recommendation'])('%s', (name) => {
  it('is switched on by one line: entity, bands, acts and their text come with the model', () => {
    const whole = withCatalogue(name, sales, models);
    expect(useCaseFindings(name, whole, around())).toStrictEqual([]);
    const { entity, bands, act } = toUseCase(name, whole, __dirname, 0);
    const entry = models.get(name)!.manifest.useCase!;
    expect(entity).toBe(entry.entity);
    expect(bands.map((band) => band.name)).toStrictEqual(Object.keys(entry.bands));
    expect(Object.values(act).flat()).toMatchObject([
      { kind: 'task', subject: expect.stringMatching(/\{\{/) as string },
    ]);
  });

  it('does what the file says where it says something', () => {
    const own = withCatalogue('watch', { ...sales, model: name, entity: 'lead', bands: { odd: 0.9 } }, models);
    expect(useCaseFindings('watch', own, around())).toStrictEqual([]);
    expect(toUseCase('watch', own, __dirname, 0)).toMatchObject({
      ...{ entity: 'lead', model: name, bands: [{ name: 'odd', from: 0.9 }], act: {} },
    });
  });
});

it('asks for bands where the model brings none along', () => {
  const bare = withCatalogue('lead-scoring', sales, models);
  expect(bare).toStrictEqual(sales);
  expect(useCaseFindings('lead-scoring', bare, around())).toMatchObject([
    { path: ['useCases', 'lead-scoring'], fix: expect.stringMatching(/^add bands:/) as string },
  ]);
});
