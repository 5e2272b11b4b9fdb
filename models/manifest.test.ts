import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { entityFields } from '../canonical-schema/catalog';
import type { EntityName } from '../canonical-schema/entity';
import { sourcesOf } from './features';
import { digestOf } from './manifest';
import { manifestSchema } from './manifest-schema';
import { loadModels } from './registry';
import { parseManifest } from './parse-manifest';

const FILE = path.join(__dirname, 'lead-scoring', 'manifest.json');
interface Text {
  readonly features: Record<string, unknown>[];
  readonly modes: Record<string, { gates: { automate: { from: number } }; beyond?: unknown }>;
}
type Json = Record<string, unknown> & { features: Record<string, unknown>[]; terms: Record<string, unknown>[] };

let text: string;
beforeAll(async () => {
  text = await readFile(FILE, 'utf8');
});

/** The committed manifest after an edit. */
function edited(edit: (manifest: Json) => void): string {
  const manifest = JSON.parse(text) as Json;
  edit(manifest);
  return JSON.stringify(manifest);
}

describe('parseManifest', () => {
  it('goes by a sound JSON Schema', () => {
    const ajv = new Ajv2020({ discriminator: true });
    expect([ajv.validateSchema(manifestSchema), ajv.errors]).toEqual([true, null]);
  });

  it('accepts the committed manifest', () => {
    expect(parseManifest(text, FILE)).toMatchObject({ name: 'lead-scoring', task: 'binary', positive: 'yes' });
  });

  it.each<[string, (manifest: Json) => void, RegExp]>([
    ['an unknown key', (m) => (m['extra'] = 1), /\/ must NOT have additional properties/],
    ['a missing hash', (m) => delete m['sha256'], /must have required property 'sha256'/],
    ['a path out of the folder', (m) => (m['file'] = '../model.onnx'), /\/file must match pattern/],
    ['a feature of no known kind', (m) => (m.features[0]!['kind'] = 'text'), /\/features\/0/],
    ['a policy of no known kind', (m) => (m.features[0]!['missing'] = { on: 'guess' }), /\/features\/0\/missing/],
    ['two features of one name', (m) => (m.features[1]!['name'] = 'job'), /two features are named "job"/],
    [
      'a term of no feature',
      (m) => (m.terms[0]!['features'] = ['nope']),
      /term "job" uses "nope", which is not a feature/,
    ],
    [
      'a group that is not there',
      (m) => (m['groups'] = {}),
      /feature "empVarRate" is of the group "economy", which groups/,
    ],
    [
      'a group named like a term',
      (m) => (m['groups'] = { economy: 'The economy', job: 'Work' }),
      /a group and a term are both named "job"/,
    ],
    [
      'a default that is no value',
      (m) => (m.features[0]!['missing'] = { on: 'default', value: 'x' }),
      /feature "job": the default "x"/,
    ],
    [
      'a positive that is no class',
      (m) => (m['positive'] = 'maybe'),
      /positive "maybe" is not one of the classes no, yes/,
    ],
  ])('refuses %s, naming the file and the place', (_, edit, message) => {
    expect(() => parseManifest(edited(edit), 'm.json')).toThrow(message);
    expect(() => parseManifest(edited(edit), 'm.json')).toThrow(/^m\.json: /);
  });

  it.each<[string, (manifest: Json) => void, RegExp]>([
    ['a class without an intercept', (m) => (m['classes'] as string[]).push('Group 0'), /intercepts for \d+ classes/],
    [
      'a gate to automate below the one to suggest',
      (m) => ((m['gates'] as { automate: { from: number } }).automate.from = 0.1),
      /the gate to automate is below/,
    ],
    ['a threshold where there are several classes', (m) => (m['threshold'] = {}), /additional properties/],
    ['no known task', (m) => (m['task'] = 'regression'), /\/ value of tag "task" must be in oneOf/],
  ])('refuses, of a model with several classes, %s', async (_, edit, message) => {
    const manifest = JSON.parse(await readFile(path.join(__dirname, 'case-routing', 'manifest.json'), 'utf8')) as Json;
    expect(parseManifest(JSON.stringify(manifest), 'm.json').task).toBe('multiclass');
    edit(manifest);
    expect(() => parseManifest(JSON.stringify(manifest), 'm.json')).toThrow(message);
  });

  it.each<[string, (manifest: Text) => void, RegExp]>([
    ['two texts', (m) => m.features.push(m.features[0]!), /\/features must NOT have more than 1 items/],
    [
      'a default for a missing text',
      (m) => (m.features[0]!['missing'] = { on: 'default' }),
      /\/features\/0\/missing\/on/,
    ],
    ['a text without a path', (m) => (m.features[0]!['paths'] = []), /\/features\/0\/paths/],
    ['a mode left out', (m) => delete m.modes['words'], /\/modes must have required property 'words'/],
    [
      'a gate to automate below the one to suggest',
      (m) => (m.modes['words']!.gates.automate.from = 0.1),
      /mode words: the gate to automate is below the gate to suggest/,
    ],
    [
      'a label beyond the classes in one mode only',
      (m) => delete m.modes['words']!.beyond,
      /the modes do not have the same label beyond the classes/,
    ],
  ])('refuses, of a model of a text, %s', async (_, edit, message) => {
    const manifest = JSON.parse(await readFile(path.join(__dirname, 'intent', 'manifest.json'), 'utf8')) as Text;
    expect(parseManifest(JSON.stringify(manifest), 'm.json').task).toBe('text');
    edit(manifest);
    expect(() => parseManifest(JSON.stringify(manifest), 'm.json')).toThrow(message);
  });

  it('refuses what is not JSON', () => {
    expect(() => parseManifest('{', 'm.json')).toThrow(/^m\.json: not JSON: /);
  });
});

describe('digestOf', () => {
  it('depends on every word of the manifest and not on its layout', () => {
    const digest = digestOf(parseManifest(text, FILE));
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(digestOf(parseManifest(JSON.stringify(JSON.parse(text)), FILE))).toBe(digest);
    const other = parseManifest(
      edited((m) => (m['title'] = 'Another')),
      FILE,
    );
    expect(digestOf(other)).not.toBe(digest);
  });
});

describe('loadModels', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'signalbox-models-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lists the folders that have a manifest', async () => {
    expect([...(await loadModels(__dirname)).keys()]).toStrictEqual([
      'anomaly',
      'case-classification',
      'case-routing',
      'churn',
      'complaint-product',
      'fraud',
      'intent',
      'lead-scoring',
      'next-best-action',
      'opportunity-scoring',
      'predictive-maintenance',
      'recommendation',
      'rhythm',
      'sentiment',
      'sla-breach',
      'support-intent',
    ]);
    await mkdir(path.join(folder, 'notes'));
    expect((await loadModels(folder)).size).toBe(0);
  });

  it("lets a later folder's model replace the earlier one of its name, and others stand", async () => {
    const own = path.join(folder, 'lead-scoring');
    await mkdir(own);
    await writeFile(
      path.join(own, 'manifest.json'),
      edited((m) => (m['version'] = '9.0.0')),
    );
    const models = await loadModels(__dirname, folder, path.join(folder, 'not-there'));
    const shipped = await loadModels(__dirname);
    expect([...models.keys()]).toStrictEqual([...shipped.keys()]);
    expect(models.get('lead-scoring')).toMatchObject({
      manifest: { version: '9.0.0' },
      file: path.join(own, 'model.onnx'),
    });
    expect(models.get('churn')).toStrictEqual(shipped.get('churn'));
    expect((await loadModels(folder, __dirname)).get('lead-scoring')).toStrictEqual(shipped.get('lead-scoring'));
  });

  it('refuses a folder that is not named after its model', async () => {
    await mkdir(path.join(folder, 'other'));
    await writeFile(path.join(folder, 'other', 'manifest.json'), text);
    await expect(loadModels(folder)).rejects.toThrow(
      /names the model "lead-scoring", so its folder must have that name/,
    );
  });
});

/** What each shipped model is asked about. */
const entityOf: Readonly<Record<string, EntityName>> = {
  anomaly: 'record',
  'case-classification': 'case',
  'case-routing': 'case',
  churn: 'account',
  'complaint-product': 'case',
  fraud: 'transaction',
  intent: 'interaction',
  'lead-scoring': 'lead',
  'next-best-action': 'contact',
  'opportunity-scoring': 'opportunity',
  'predictive-maintenance': 'asset',
  recommendation: 'order',
  rhythm: 'rhythm',
  sentiment: 'interaction',
  'sla-breach': 'case',
  'support-intent': 'case',
};

it("reads no entity's own field from the attributes, where a mapping of its name never puts it", async () => {
  const models = await loadModels(__dirname);
  expect([...models.keys()]).toEqual(Object.keys(entityOf));
  for (const [name, { manifest }] of models) {
    const paths = manifest.features.flatMap(sourcesOf).map((source) => source.path);
    const own = entityFields(entityOf[name] ?? 'record').map((field) => `attributes.${field}`);
    expect(paths.filter((one) => own.includes(one))).toEqual([]);
  }
});
