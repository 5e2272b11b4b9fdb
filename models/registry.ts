import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, ModelError, type Manifest } from './manifest';
import { parseManifest } from './parse-manifest';

/** A model on disk: one folder with manifest.json and the ONNX file it names. */
export interface Model {
  readonly manifest: Manifest;
  /** Content address `sha256:…` over the manifest, which holds the ONNX file's hash. */
  readonly digest: string;
  /** Path of the ONNX file; its hash is checked when it is opened. */
  readonly file: string;
}

/**
 * Lists the models below folders by name; a folder without manifest.json is no model. A later folder's model replaces an
 * earlier one of its name: what was trained here stands in for what was shipped. Later folders need not be there.
 * @throws ModelError when a manifest does not hold, or its folder is not named after it
 */
export async function loadModels(folder: string, ...later: readonly string[]): Promise<ReadonlyMap<string, Model>> {
  const found = await Promise.all([folder, ...later.filter((other) => existsSync(other))].map(modelsBelow));
  return new Map(found.flatMap((models) => models.map((model) => [model.manifest.name, model] as const)));
}

async function modelsBelow(folder: string): Promise<readonly Model[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const models = await Promise.all(names.sort().map((name) => loadModel(path.join(folder, name))));
  return models.filter((model) => model !== undefined);
}

/**
 * The model of one folder; undefined where it has no manifest.json.
 * @throws ModelError when the manifest does not hold, or the folder is not named after it
 */
export async function loadModel(folder: string): Promise<Model | undefined> {
  const where = path.join(folder, 'manifest.json');
  let text: string;
  try {
    text = await readFile(where, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = parseManifest(text, where);
  if (manifest.name !== path.basename(folder)) {
    throw new ModelError(`${where}: names the model "${manifest.name}", so its folder must have that name too`);
  }
  return { manifest, digest: digestOf(manifest), file: path.join(folder, manifest.file) };
}
