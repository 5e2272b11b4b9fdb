import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sourcesOf } from '../../models/features';
import { loadModels } from '../../models/registry';
import { projectRoot } from '../../services/project-root';

/** What a model reads of one record, by the name that a mapping gives it: a field of the entity, or an attribute. */
export type ModelRow = Readonly<Record<string, string>>;

/** Made-up records of the fixture that a model was shipped with: the same on every run, and nobody's data. */
export async function modelRows(name: string, count: number): Promise<readonly ModelRow[]> {
  const folder = path.join(projectRoot, 'models');
  const model = (await loadModels(folder)).get(name);
  if (model === undefined) throw new Error(`there is no model ${name}`);
  const lines = (await readFile(path.join(folder, name, 'parity.jsonl'), 'utf8')).split('\n').slice(0, count);
  const sources = model.manifest.features.flatMap(sourcesOf);
  return lines.map((line) => {
    const { row } = JSON.parse(line) as { readonly row: Readonly<Record<string, string>> };
    return Object.fromEntries(sources.map((source) => [nameOf(source), row[source.column] ?? '']));
  });
}

function nameOf({ path: place }: { readonly path: string }): string {
  return place.replace(/^attributes\./, '');
}
