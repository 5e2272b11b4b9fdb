import { canonicalJson } from '../canonical-schema/canonical-json';
import { type EntityName, entityNames } from '../canonical-schema/entity';
import { sha256Hex } from '../canonical-schema/sha256';
import type { Mapping } from '../connectors/contract';
import { actFindings, connectionFindings, expressionFindings, type Names, namesAbout } from './names';
import type { Path } from './document';
import { durationMs } from './duration';
import { compileExpression } from './expression';
import { relatedFindings, toRelated, type WrittenRelated } from './related';
import type { Finding } from './shape-faults';
import { didYouMean } from './spelling';
import type { ActTemplate, Approval, Band, OutcomeRule, TaskTemplate, UseCase } from './tenant';

/** An entry of `act` as the file has it. */
export interface WrittenAct {
  readonly task?: Omit<TaskTemplate, 'kind' | 'due' | 'priority'> & {
    readonly due?: string;
    readonly priority?: TaskTemplate['priority'];
  };
  readonly set?: { readonly field: string; readonly value: string | number | boolean | null };
}

/** A use case as the file has it, once its shape was checked. */
export interface WrittenUseCase {
  readonly connection: string;
  readonly model?: string;
  readonly entity?: EntityName;
  readonly when?: string;
  readonly bands: Readonly<Record<string, number>>;
  readonly act?: Readonly<Record<string, readonly WrittenAct[]>>;
  readonly approval?: Approval;
  readonly outcome?: { readonly won?: string; readonly lost?: string; readonly within: string };
  readonly materialChange?: number;
  readonly related?: Readonly<Record<string, WrittenRelated>>;
}

/** What a use case refers to. */
export interface UseCaseSurroundings {
  /** The mapping of each connection of the file, by the connection's name. */
  readonly mappings: Readonly<Record<string, Mapping>>;
  readonly models: readonly string[];
  /** Whether the file says by which keys records are one customer's. */
  readonly hasIdentity: boolean;
}

const entityOf = (name: string, { entity }: WrittenUseCase): EntityName | undefined =>
  entity ?? entityNames.find((known) => name === known || name.startsWith(`${known}-`));

const referenceFindings = (
  path: Path,
  name: string,
  written: WrittenUseCase,
  around: UseCaseSurroundings,
): readonly Finding[] => {
  const found = [...connectionFindings([...path, 'connection'], written.connection, around.mappings)];
  const model = written.model ?? name;
  if (!around.models.includes(model)) {
    found.push({
      path: written.model === undefined ? path : [...path, 'model'],
      message: `there is no model "${model}"`,
      fix: `${didYouMean(model, around.models)}${written.model === undefined ? ' (write it as model: NAME)' : ''}`,
      target: { key: written.model === undefined },
    });
  }
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

const bandFindings = (path: Path, { bands, act = {} }: WrittenUseCase): readonly Finding[] => {
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

/** Everything that is wrong with a use case beyond its shape. */
export const useCaseFindings = (
  name: string,
  written: WrittenUseCase,
  around: UseCaseSurroundings,
): readonly Finding[] => {
  const path = ['useCases', name];
  const entity = entityOf(name, written);
  const names: Names =
    entity === undefined || around.mappings[written.connection] === undefined
      ? { entity: entity ?? 'record', fields: undefined }
      : namesAbout({ entity, connection: written.connection }, around.mappings);
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
    ...bandFindings(path, written),
    ...customerFindings([...path, 'related'], written.related, around),
    ...questions.flatMap(([at, source, of]) => (source === undefined ? [] : expressionFindings(at, source, of))),
    ...Object.entries(written.act ?? {}).flatMap(([band, acts]) =>
      acts.flatMap((act, index) => actFindings([...path, 'act', band, index], act, withRelated)),
    ),
  ];
};

const ms = (text: string): number => {
  const value = durationMs(text);
  if (value === undefined) throw new Error(`${text} passed the schema but is no duration`);
  return value;
};

const actTemplate = ({ task, set }: WrittenAct): ActTemplate => {
  if (set !== undefined) return { kind: 'set', ...set };
  if (task === undefined) throw new Error('an act without task and set passed the schema');
  const { due, priority = 'normal', ...texts } = task;
  return { kind: 'task', ...texts, priority, ...(due === undefined ? {} : { due: ms(due) }) };
};

const outcomeRule = ({ won, lost, within }: NonNullable<WrittenUseCase['outcome']>): OutcomeRule => ({
  ...(won === undefined ? {} : { won: compileExpression(won) }),
  ...(lost === undefined ? {} : { lost: compileExpression(lost) }),
  within: ms(within),
});

/** The same for every way of writing the same use case: defaults are filled in, and expressions count by their source. */
const policyOf = ({ when, outcome, related, ...plain }: Omit<UseCase, 'policy'>): string =>
  sha256Hex(
    canonicalJson({
      ...plain,
      related: related?.map(({ of, at, ...value }) => ({ ...value, of: of.source, at: at?.source })),
      when: when?.source,
      outcome: outcome && { won: outcome.won?.source, lost: outcome.lost?.source, within: outcome.within },
    }),
  );

/** A use case with its defaults filled in. Only for one without findings. */
export const toUseCase = (name: string, written: WrittenUseCase): UseCase => {
  const { connection, when, outcome, act = {} } = written;
  const { model = name, approval = 'none', materialChange = 0.05 } = written;
  const bands: readonly Band[] = Object.entries(written.bands)
    .map(([band, from]) => ({ name: band, from }))
    .sort((a, b) => b.from - a.from);
  const useCase = {
    ...{ name, connection, model, entity: entityOf(name, written) ?? 'record', bands, approval, materialChange },
    act: Object.fromEntries(Object.entries(act).map(([band, acts]) => [band, acts.map(actTemplate)])),
    ...(when === undefined ? {} : { when: compileExpression(when) }),
    ...(outcome === undefined ? {} : { outcome: outcomeRule(outcome) }),
    ...(written.related === undefined ? {} : { related: toRelated(written.related) }),
  };
  return { ...useCase, policy: policyOf(useCase) };
};
