import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sourcesOf } from '../../models/features';
import { loadModel, type Model } from '../../models/registry';
import { projectRoot } from '../../services/project-root';

/** What a model reads of one record, by the name that a mapping gives it: a field of the entity, or an attribute. */
export type ModelRow = Readonly<Record<string, string>>;

/** A model that the project comes with. */
export async function shippedModel(name: string): Promise<Model> {
  const model = await loadModel(path.join(projectRoot, 'models', name));
  if (model === undefined) throw new Error(`there is no model ${name}`);
  return model;
}

/** Made-up records of the fixture that a model was shipped with: the same on every run, and nobody's data. */
export async function modelRows(name: string, count: number): Promise<readonly ModelRow[]> {
  const { manifest, file } = await shippedModel(name);
  const fixture = await readFile(path.join(path.dirname(file), 'parity.jsonl'), 'utf8');
  const lines = fixture.split('\n').slice(0, count);
  const sources = manifest.features.flatMap(sourcesOf);
  return lines.map((line) => {
    const { row } = JSON.parse(line) as { readonly row: Readonly<Record<string, string>> };
    return Object.fromEntries(sources.map((source) => [nameOf(source), row[source.column] ?? '']));
  });
}

function nameOf({ path: place }: { readonly path: string }): string {
  return place.replace(/^attributes\./, '');
}
