import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { digestOf, ModelError } from '../manifest';
import type { Model } from '../registry';
import { error, ok, warning, type Finding } from './finding';
import { parseManifest } from '../parse-manifest';

/** What a folder holds: a model, when its manifest can be used. */
export interface ModelFolder {
  readonly model?: Model;
  readonly findings: readonly Finding[];
}

/** What every manifest says, in words, for the one who has to write it. */
const manifestParts =
  'name, version, title, task (binary or multiclass), file, sha256, classes, features (in the order of the input, with what to do about missing and impossible values), ' +
  'terms (one per column of contributions), intercept, threshold, metrics.holdout, training (data with its sha256 and licence)';

/**
 * Reads a model folder in Signalbox's layout (manifest.json, model.onnx) or as MLflow writes it (MLmodel, model.onnx) with
 * the manifest added. The ONNX file is not opened.
 * @throws ModelError when there is no such folder, or nothing of a model in it
 */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const mlmodel = await textOf(path.join(folder, 'MLmodel'));
  const text = await textOf(path.join(folder, 'manifest.json'));
  const flavour = mlmodel === undefined ? undefined : onnxFileOf(mlmodel);
  if (text === undefined) {
    if (mlmodel === undefined) {
      throw new ModelError(`${folder}: has neither manifest.json nor MLmodel: this is no model's folder`);
    }
    return { findings: [await withoutManifest(folder, flavour)] };
  }
  const where = path.join(folder, 'manifest.json');
  try {
    const manifest = parseManifest(text, where);
    const model = { manifest, digest: digestOf(manifest), file: path.join(folder, manifest.file) };
    const findings = await layout(folder, model, mlmodel !== undefined, flavour);
    return { model, findings: [...findings, ok('manifest', `${manifest.name} ${manifest.version} ${model.digest}`)] };
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    const why = 'rows become numbers, and scores become words, only by what the manifest says';
    return {
      findings: [error('manifest', thrown.message, why, 'correct these places; models/README.md tells each key')],
    };
  }
}

/** How the folder is laid out, beside what the manifest itself says. */
async function layout(
  folder: string,
  { manifest }: Model,
  isMlflow: boolean,
  flavour: string | undefined,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (isMlflow && flavour !== manifest.file) {
    const what = `MLmodel names ${flavour ?? 'no ONNX file'}, the manifest names ${manifest.file}`;
    const why = 'it is not certain that the manifest describes the model that MLflow logged';
    const fix = flavour === undefined ? 'log the model with mlflow.onnx.log_model' : `set file to "${flavour}"`;
    findings.push(error('folder', what, why, fix));
  }
  if (path.basename(path.resolve(folder)) !== manifest.name) {
    const what = `the folder is named ${path.basename(path.resolve(folder))}, the model ${manifest.name}`;
    const why = 'a folder of models is read by name: there this one would be refused';
    findings.push(warning('folder', what, why, `name the folder ${manifest.name} where models are kept`));
  }
  if ((await textOf(path.join(folder, 'card.md'))) === undefined) {
    const why = 'whoever answers for a decision needs the data, the figures by group and the limits in words';
    findings.push(
      warning('folder', 'there is no card.md', why, 'write one; models/lead-scoring/card.md is an example'),
    );
  }
  return findings.length === 0 ? [ok('folder', isMlflow ? 'MLflow folder with a manifest' : 'model folder')] : findings;
}

async function withoutManifest(folder: string, flavour: string | undefined): Promise<Finding> {
  const why = 'MLflow does not say what the inputs mean, what a missing value is, or where the score calls for a label';
  if (flavour === undefined) {
    const what = 'MLmodel is no YAML with a flavour onnx that names its file in data';
    return error('folder', what, 'only ONNX files are run', 'log the model with mlflow.onnx.log_model');
  }
  const bytes = await bytesOf(path.join(folder, flavour));
  const known =
    bytes === undefined
      ? ''
      : `; here file is "${flavour}" and sha256 "${createHash('sha256').update(bytes).digest('hex')}"`;
  const fix = `add manifest.json beside MLmodel; it must say ${manifestParts}${known}`;
  return error('manifest', 'an MLflow folder without manifest.json', why, fix);
}

/** The ONNX file that MLflow's file names; undefined where it names none. */
function onnxFileOf(mlmodel: string): string | undefined {
  const { contents, errors } = parseDocument(mlmodel);
  const data = errors.length === 0 && isMap(contents) ? contents.getIn(['flavors', 'onnx', 'data']) : undefined;
  return typeof data === 'string' ? data : undefined;
}

async function textOf(file: string): Promise<string | undefined> {
  return (await bytesOf(file))?.toString('utf8');
}

async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}
