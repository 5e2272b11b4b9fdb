import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type EntityName, entityNames } from '../canonical-schema/entity';
import type { AnyConnector, Mapping } from '../connectors/contract';
import { acceptanceFindings, type Refusals } from './acceptance';
import { actFindings, connectionFindings, expressionFindings, type Names, namesAbout } from './names';
import type { Path } from './document';
import { learningFindings } from './learning';
import { relatedFindings } from './related';
import { rhythmFindings } from './rhythm';
import { overdueFindings } from './overdue';
import type { Finding } from './shape-faults';
import { didYouMean } from './spelling';
import type { WrittenAct, WrittenUseCase } from './written';

/** What a use case refers to. */
export interface UseCaseSurroundings {
  /** The connector of each connection of the file, by the connection's name. */
  readonly connectors: Readonly<Record<string, AnyConnector>>;
  /** What a connection refuses to write because of its settings, by its name. */
  readonly refusals: Readonly<Record<string, Refusals>>;
  /** The mapping of each connection of the file, by the connection's name. */
  readonly mappings: Readonly<Record<string, Mapping>>;
  readonly models: KnownModels;
  /** The folder of the tenant's file, which paths are relative to. */
  readonly folder: string;
  /** Whether the file says by which keys records are one customer's. */
  readonly hasIdentity: boolean;
  readonly hasAssistant: boolean;
}

/** The models there are, by name, with the classes that each tells apart. */
export type KnownModels = ReadonlyMap<
  string,
  { readonly manifest: { readonly classes: readonly string[]; readonly useCase?: CatalogueEntry } }
>;

/** What a model brings along for a use case over it. */
export interface CatalogueEntry {
  readonly entity: EntityName;
  readonly bands: Readonly<Record<string, number>>;
  readonly act: Readonly<Record<string, readonly WrittenAct[]>>;
  readonly outcome?: { readonly within: string };
}

export const entityOf = (name: string, { entity }: WrittenUseCase): EntityName | undefined =>
  entity ?? entityNames.find((known) => name === known || name.startsWith(`${known}-`));

/** A challenger with a slash is a model's folder, any other a model's name. */
export const isFolder = (challenger: string): boolean => challenger.includes('/');

const challengerFindings = (
  path: Path,
  { challengers = [] }: WrittenUseCase,
  { models, folder }: UseCaseSurroundings,
): readonly Finding[] =>
  challengers.flatMap((challenger, index) => {
    const at = [...path, 'challengers', index];
    if (!isFolder(challenger)) {
      if (models.has(challenger)) return [];
      const fix = `${didYouMean(challenger, [...models.keys()])}; a folder has a /, as in ./${challenger}`;
      return [{ path: at, message: `there is no model "${challenger}"`, fix }];
    }
    const where = resolve(folder, challenger);
    if (existsSync(join(where, 'manifest.json'))) return [];
    const fix = 'give the folder of a model, relative to this file; `signalbox model check FOLDER` examines it';
    return [{ path: at, message: `there is no manifest.json in ${where}`, fix }];
  });

const referenceFindings = (
  path: Path,
  name: string,
  written: WrittenUseCase,
  around: UseCaseSurroundings,
): readonly Finding[] => {
  const found = [...connectionFindings([...path, 'connection'], written.connection, around.mappings)];
  const model = written.model ?? name;
  if (!around.models.has(model)) {
    found.push({
      path: written.model === undefined ? path : [...path, 'model'],
      message: `there is no model "${model}"`,
      fix: `${didYouMean(model, [...around.models.keys()])}${written.model === undefined ? ' (write it as model: NAME)' : ''}`,
      target: { key: written.model === undefined },
    });
  }
  found.push(...challengerFindings(path, written, around));
  if (entityOf(name, written) === undefined) {
    found.push({
      path,
      message: 'it is not said which entity is scored, and the name does not begin with one',
      fix: `add entity: and one of ${entityNames.join(', ')}`,
      target: { key: true },
    });
  }
  return found;
};

const missingBands = (path: Path, { bands }: WrittenUseCase): readonly Finding[] => {
  if (bands !== undefined) return [];
  const message = 'it is not said which scores mean what, and the model brings no bands along';
  const fix = 'add bands: with a name and the probability that it begins at';
  return [{ path, message, fix, target: { key: true } }];
};

const bandFindings = (path: Path, bands: Readonly<Record<string, number>>, act: object): readonly Finding[] => {
  const found: Finding[] = [];
  const firstAt = new Map<number, string>();
  for (const [band, from] of Object.entries(bands)) {
    const at = [...path, 'bands', band];
    const twin = firstAt.get(from);
    if (!(from >= 0 && from <= 1)) {
      const fix = from > 1 && from <= 100 ? `write ${from / 100}` : 'write the probability that the band begins at';
      found.push({ path: at, message: `${from} is not a probability between 0 and 1`, fix });
    } else if (twin !== undefined) {
      const message = `the bands ${twin} and ${band} overlap: both begin at ${from}`;
      found.push({ path: at, message, fix: 'let each band begin at a score of its own' });
    }
    firstAt.set(from, twin ?? band);
  }
  for (const band of Object.keys(act).filter((name) => !Object.hasOwn(bands, name))) {
    const fix = didYouMean(band, Object.keys(bands));
    found.push({ path: [...path, 'act', band], message: `there is no band "${band}"`, fix, target: { key: true } });
  }
  return found;
};

/** What its expressions and templates may name. */
const namesFor = (name: string, written: WrittenUseCase, around: UseCaseSurroundings): Names => {
  const entity = entityOf(name, written);
  const classes = around.models.get(written.model ?? name)?.manifest.classes ?? [];
  const names: Names =
    entity === undefined || around.mappings[written.connection] === undefined
      ? { entity: entity ?? 'record', fields: undefined }
      : namesAbout({ entity, connection: written.connection }, around.mappings);
  // Of two classes the score says all there is to say.
  return classes.length > 2 ? { ...names, classes } : names;
};

const customerFindings = (
  path: Path,
  related: WrittenUseCase['related'],
  { mappings, hasIdentity }: UseCaseSurroundings,
): readonly Finding[] => {
  const found = Object.entries(related ?? {}).flatMap(([name, one]) => relatedFindings([...path, name], one, mappings));
  if (related === undefined || hasIdentity) return found;
  const message = "nothing says which records are the same customer's";
  return [{ path, message, fix: 'add identity: with its rules to the tenant', target: { key: true } }, ...found];
};

const draftFindings = (
  path: Path,
  { act = {} }: WrittenUseCase,
  { hasAssistant }: UseCaseSurroundings,
): readonly Finding[] => {
  if (hasAssistant) return [];
  return Object.entries(act).flatMap(([band, acts]) =>
    acts.flatMap(({ task }, index) => {
      if (task?.draft !== true) return [];
      const fix = 'add assistant: with its baseUrl and model to the tenant, or take draft out';
      const message = 'the tenant has no assistant that could draft';
      return [{ path: [...path, 'act', band, index, 'task', 'draft'], message, fix }];
    }),
  );
};

/** Everything that is wrong with a use case beyond its shape. */
export const useCaseFindings = (
  name: string,
  written: WrittenUseCase,
  around: UseCaseSurroundings,
): readonly Finding[] => {
  const path = ['useCases', name];
  const names = namesFor(name, written, around);
  const related = Object.keys(written.related ?? {});
  const withRelated: Names = related.length === 0 ? names : { ...names, related };
  // How it ended is the record's own matter.
  const questions = [
    [[...path, 'when'], written.when, withRelated],
    [[...path, 'outcome', 'won'], written.outcome?.won, names],
    [[...path, 'outcome', 'lost'], written.outcome?.lost, names],
  ] as const;
  return [
    ...referenceFindings(path, name, written, around),
    ...missingBands(path, written),
    ...bandFindings(path, written.bands ?? {}, written.act ?? {}),
    ...draftFindings(path, written, around),
    ...overdueFindings(path, written),
    ...rhythmFindings(path, entityOf(name, written), written),
    ...learningFindings([...path, 'learning'], written.learning ?? {}),
    ...customerFindings([...path, 'related'], written.related, around),
    ...questions.flatMap(([at, source, of]) => (source === undefined ? [] : expressionFindings(at, source, of))),
    ...Object.entries(written.act ?? {}).flatMap(([band, acts]) =>
      acts.flatMap((act, index) => {
        const at = [...path, 'act', band, index];
        return [
          ...actFindings(at, act, withRelated),
          ...acceptanceFindings(at, act, around.connectors[written.connection], around.refusals[written.connection]),
        ];
      }),
    ),
  ];
};
