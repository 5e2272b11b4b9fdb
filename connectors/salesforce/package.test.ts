import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parse } from 'yaml';
import { settingsOf } from './config';

/** Texts of the package by their paths inside of it. */
type Files = ReadonlyMap<string, string>;
type Element = Readonly<Record<string, unknown>>;

const root = join(__dirname, 'package');
const source = 'force-app/main/default';
const scored = ['Account', 'Case', 'Lead', 'Opportunity'];
const integration = `${source}/permissionsets/Signalbox_Integration.permissionset-meta.xml`;
const reader = `${source}/permissionsets/Signalbox_Reader.permissionset-meta.xml`;
const key = settingsOf({
  baseUrl: 'https://acme.my.salesforce.com',
  auth: { kind: 'client-credentials', clientId: '', clientSecret: '' },
}).taskKeyField;
const keyFiles = ['Activity', 'Case'].map((object) => `${source}/objects/${object}/fields/${key}.field-meta.xml`);

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['fieldPermissions', 'objectPermissions', 'object'].includes(name),
});

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = names.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

const elementOf = (text: string | undefined): Element => {
  const [element] = Object.entries(parser.parse(text ?? '') as Element).filter(([name]) => !name.startsWith('?'));
  return (element?.[1] ?? {}) as Element;
};

/** Fields of the package as permission sets name them: those of Activity by Task. Required ones need no permission. */
function fieldsIn(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const [, object, name] = /objects\/(\w+)\/fields\/(\w+)\.field-meta\.xml$/.exec(path) ?? [];
    if (object === undefined || object.endsWith('__e') || elementOf(text).required === 'true') return [];
    return [`${object === 'Activity' ? 'Task' : object}.${name ?? ''}`];
  });
}

function malformed(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const result = path.endsWith('.xml') ? XMLValidator.validate(text) : true;
    return result === true ? [] : [`${path}: ${result.err.msg}`];
  });
}

/** The name inside a file is that of the file. */
function misnamed(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const { fullName } = elementOf(path.endsWith('.field-meta.xml') ? text : undefined) as { fullName?: string };
    const named = basename(path).replace('.field-meta.xml', '');
    return fullName === undefined || fullName === named ? [] : [`${path}: it names ${fullName}`];
  });
}

/** Each field is granted as the set is meant, and nothing is granted that is not there. */
function misgranted(
  files: Files,
  set: string,
  isMeant: (field: string) => boolean,
  editable: string,
): readonly string[] {
  const granted = new Map(
    ((elementOf(files.get(set)).fieldPermissions ?? []) as readonly Element[]).map((one) => [String(one.field), one]),
  );
  const meant = fieldsIn(files).filter(isMeant);
  const missing = meant.filter(
    (field) => granted.get(field)?.readable !== 'true' || granted.get(field)?.editable !== editable,
  );
  const unknown = [...granted.keys()].filter((field) => !meant.includes(field));
  return [
    ...missing.map((field) => `${basename(set)}: ${field} is not granted as readable, editable ${editable}`),
    ...unknown.map((field) => `${basename(set)}: ${field} is granted and not in the package`),
  ];
}

/** What no permission set of the package may give. */
function excessive(files: Files): readonly string[] {
  return [integration, reader].flatMap((set) => {
    const objects = (elementOf(files.get(set)).objectPermissions ?? []) as readonly Element[];
    return objects.flatMap((one) =>
      ['allowDelete', 'modifyAllRecords']
        .filter((right) => one[right] !== 'false')
        .map((right) => `${basename(set)}: ${right} on ${String(one.object)}`),
    );
  });
}

/** The key that the sink writes: refused by Salesforce the second time only if the field is unique. */
function unfitKey(files: Files): readonly string[] {
  const wanted = { type: 'Text', length: '255', unique: 'true', externalId: 'true' };
  return keyFiles.flatMap((path) => {
    const field = elementOf(files.get(path));
    return Object.entries(wanted).flatMap(([name, value]) =>
      field[name] === value ? [] : [`${path}: ${name} is ${String(field[name])}, not ${value}`],
    );
  });
}

/** Fields that the component and the page name are on every scored object. */
function unknownNames(files: Files): readonly string[] {
  const there = fieldsIn(files);
  return ['README.md', `${source}/lwc/signalboxScore/signalboxScore.js`].flatMap((path) => {
    const names = new Set((files.get(path) ?? '').match(/\bSignalbox_\w+__c\b/g) ?? []);
    names.delete(key);
    const missing = [...names]
      .flatMap((name) => scored.map((object) => `${object}.${name}`))
      .filter((name) => !there.includes(name));
    return [
      ...(names.size === 0 ? [`${path} names no field`] : []),
      ...missing.map((name) => `${path}: there is no ${name}`),
    ];
  });
}

const faultsOf = (files: Files): readonly string[] => {
  const broken = malformed(files);
  if (broken.length > 0) return broken;
  return [
    ...misnamed(files),
    ...misgranted(files, integration, () => true, 'true'),
    ...misgranted(files, reader, (field) => !field.endsWith(`.${key}`), 'false'),
    ...excessive(files),
    ...unfitKey(files),
    ...unknownNames(files),
  ];
};

describe('the package for Salesforce', () => {
  const files = filesIn(root);

  it('is well-formed, grants each of its fields and no more, and has the names that are written', () => {
    expect([...files.keys()].filter((path) => path.endsWith('.xml')).length).toBeGreaterThan(20);
    expect(fieldsIn(files)).toContain(`Task.${key}`);
    expect(faultsOf(files)).toEqual([]);
  });

  it('shows the component on the pages of the objects whose fields it reads', () => {
    const bundle = elementOf(files.get(`${source}/lwc/signalboxScore/signalboxScore.js-meta.xml`));
    expect(bundle).toMatchObject({
      isExposed: 'true',
      targetConfigs: { targetConfig: { objects: { object: scored } } },
    });
  });

  it('tells in its page how to set the fields', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(files.get('README.md') ?? '') ?? [];
    const { useCases } = parse(yaml) as { useCases: Record<string, { act: { hot: { set: { field: string } }[] } }> };
    const set = useCases['lead-scoring']?.act.hot.map((template) => `Lead.${template.set.field}`);
    expect(set?.toSorted()).toEqual(
      fieldsIn(files)
        .filter((field) => field.startsWith('Lead.'))
        .toSorted(),
    );
  });

  const leadScore = `${source}/objects/Lead/fields/Signalbox_Score__c.field-meta.xml`;
  const component = `${source}/lwc/signalboxScore/signalboxScore.js`;
  it.each<[string, string, string, string, RegExp]>([
    ['a tag without its end', leadScore, '</CustomField>', '', /field-meta\.xml: /],
    ['a name that is not the file’s', leadScore, 'Signalbox_Score__c', 'Score__c', /it names Score__c/],
    [
      'a field that nobody may write',
      integration,
      'Lead.Signalbox_Model__c',
      'Lead.Other__c',
      /Lead\.Signalbox_Model__c is not granted/,
    ],
    ['a field that people may write', reader, '<editable>false', '<editable>true', /editable false/],
    ['a right to delete', integration, '<allowDelete>false', '<allowDelete>true', /allowDelete on/],
    ...keyFiles.map((path): [string, string, string, string, RegExp] => [
      ...(['a key that is not unique', path, '<unique>true', '<unique>false', /unique is false/] as const),
    ]),
    [
      'a component that reads what is not there',
      component,
      'Signalbox_Model__c',
      'Signalbox_Modell__c',
      /no Lead\.Signalbox_Modell__c/,
    ],
  ])('would not pass with %s', (_, path, found, instead, fault) => {
    const text = files.get(path) ?? '';
    expect(text).toContain(found);
    expect(faultsOf(new Map([...files, [path, text.replace(found, instead)]]))).toContainEqual(
      expect.stringMatching(fault),
    );
  });
});
