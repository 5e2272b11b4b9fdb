import { historyRoot, type History, type HistoryValue } from './history/history';
import type { Feature, Manifest, TabularManifest } from './manifest';
import type { TextManifest } from './text/text-manifest';

/** What the schema cannot say: names that must be unique or must exist, defaults that must be of the feature's kind. */
export function inconsistencies(manifest: Manifest): string[] {
  if (manifest.task === 'text') return textFaults(manifest);
  const names = manifest.features.map((f) => f.name);
  const faults = duplicates(names).map((name) => `two features are named "${name}"`);
  faults.push(...duplicates(manifest.terms.map((t) => t.name)).map((name) => `two terms are named "${name}"`));
  for (const term of manifest.terms) {
    for (const name of term.features) {
      if (!names.includes(name)) faults.push(`term "${term.name}" uses "${name}", which is not a feature`);
    }
  }
  faults.push(...classFaults(manifest), ...manifest.features.flatMap(defaultFaults), ...groupFaults(manifest));
  return [...faults, ...historyFaults(manifest)];
}

/** Groups of reasons that are not declared, and those whose name is a term's. */
function groupFaults({ features, terms, groups = {} }: TabularManifest): string[] {
  const faults = features.flatMap(({ name, group }) =>
    group === undefined || Object.hasOwn(groups, group)
      ? []
      : [`feature "${name}" is of the group "${group}", which groups does not have`],
  );
  const taken = terms.filter(({ name }) => Object.hasOwn(groups, name));
  return [...faults, ...taken.map(({ name }) => `a group and a term are both named "${name}"`)];
}

/** What is declared of the past, and what features and values make of it. */
function historyFaults({ history, features }: TabularManifest): string[] {
  const { told = [], values = [] } = history ?? {};
  const known = values.map(({ name }) => `${historyRoot}.${name}`);
  const faults = duplicates(known).map((name) => `two values of the past are named "${name}"`);
  for (const { name, column, path } of features.filter(({ path }) => path.startsWith(`${historyRoot}.`))) {
    if (!known.includes(path)) faults.push(`feature "${name}" reads "${path}", which history does not declare`);
    if (column !== path) faults.push(`feature "${name}" is of the past, so its column must be "${path}" too`);
  }
  return [...faults, ...values.flatMap((value) => toldFaults(value, told))];
}

/** What a value of the past needs to be told, and is not. */
function toldFaults(value: HistoryValue, told: History['told']): string[] {
  if (!('of' in value)) return [];
  const kind = told.find(({ name }) => name === value.of)?.kind;
  if (kind === undefined) return [`the past's "${value.name}" is of "${value.of}", which is not told`];
  const needed = { sum: 'number', deviation: 'number', rhythm: 'number', had: 'text', last: kind }[value.by];
  return kind === needed ? [] : [`the past's "${value.name}" needs a ${needed}, and "${value.of}" is a ${kind}`];
}

function textFaults({ modes }: TextManifest): string[] {
  const faults = Object.entries(modes).flatMap(([name, { gates }]) =>
    gates.automate.from < gates.suggest.from ? [`mode ${name}: the gate to automate is below the gate to suggest`] : [],
  );
  const { full, words } = modes;
  if (full.beyond?.label !== words.beyond?.label)
    faults.push('the modes do not have the same label beyond the classes');
  return faults;
}

function classFaults(manifest: TabularManifest): string[] {
  const { classes } = manifest;
  if (manifest.task === 'binary') {
    const { positive } = manifest;
    return classes.includes(positive) ? [] : [`positive "${positive}" is not one of the classes ${classes.join(', ')}`];
  }
  const { intercepts } = manifest;
  const faults =
    intercepts.length === classes.length ? [] : [`${intercepts.length} intercepts for ${classes.length} classes`];
  if (manifest.task === 'uplift') {
    const { control } = manifest;
    const known = classes.includes(control);
    return known ? faults : [...faults, `control "${control}" is not one of the classes ${classes.join(', ')}`];
  }
  const { gates } = manifest;
  if (gates.automate.from < gates.suggest.from) faults.push('the gate to automate is below the gate to suggest');
  return faults;
}

function defaultFaults(feature: Feature): string[] {
  const policies = [feature.missing, feature.invalid, ...(feature.kind === 'categorical' ? [feature.unseen] : [])];
  return policies.flatMap((policy) => {
    if (policy.on !== 'default' || policy.value === null) return [];
    const fits =
      feature.kind === 'categorical'
        ? feature.categories.includes(String(policy.value))
        : typeof policy.value === 'number';
    return fits ? [] : [`feature "${feature.name}": the default "${policy.value}" is not one of its values`];
  });
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
