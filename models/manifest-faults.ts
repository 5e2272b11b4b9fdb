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
  return [...faults, ...classFaults(manifest), ...manifest.features.flatMap(defaultFaults)];
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
