import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError, type TabularManifest } from './manifest';

const INPUT = 'features';
const OUTPUTS = ['probability', 'contributions'];

/** One thread: lanes run side by side in several processes, and a tabular model is too small to share out. */
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
};

/** What the model says of `rows` rows, row after row. */
export interface Inference {
  /** Probability of the positive class, one per row; with several classes, of each of them. */
  readonly probability: Float32Array;
  /** Log-odds, `terms` per row; with several classes, for each term one per class. */
  readonly contributions: Float32Array;
}

/** A loaded ONNX model. */
export interface Session {
  /** Runs the model once over `rows` rows of `width` values each. */
  run(values: Float32Array, rows: number): Promise<Inference>;
  /** Frees the native memory; `run` must not be called again. */
  close(): Promise<void>;
}

/**
 * Loads the ONNX file of a manifest; exactly the bytes that were hashed are the bytes that run.
 * @throws ModelError when the file is not the one the manifest names, or does not have its inputs and outputs
 */
export async function openSession(file: string, manifest: TabularManifest): Promise<Session> {
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.sha256) {
    throw new ModelError(
      `${file}: its SHA-256 is ${sha256}, the manifest says ${manifest.sha256}: the file was changed or belongs to another version; restore it or train again`,
    );
  }
  const session = await InferenceSession.create(bytes, OPTIONS);
  const missing = OUTPUTS.filter((name) => !session.outputNames.includes(name));
  if (session.inputNames.join() !== INPUT || missing.length > 0) {
    await session.release();
    throw new ModelError(
      `${file}: has inputs ${session.inputNames.join(', ')} and outputs ${session.outputNames.join(', ')}; needed are ${INPUT} and ${OUTPUTS.join(', ')}`,
    );
  }
  const width = manifest.features.length;
  const columns = manifest.task === 'binary' ? 1 : manifest.classes.length;
  const terms = manifest.terms.length;
  return {
    async run(values, rows) {
      const results = await session.run({ [INPUT]: new Tensor('float32', values, [rows, width]) });
      return {
        probability: floats(results['probability'], rows * columns, file),
        contributions: floats(results['contributions'], rows * terms * columns, file),
      };
    },
    close: () => session.release(),
  };
}

function floats(tensor: Tensor | undefined, length: number, file: string): Float32Array {
  if (tensor?.type !== 'float32' || tensor.size !== length) {
    throw new ModelError(
      `${file}: an output has ${tensor?.size ?? 0} values of type ${tensor?.type ?? 'none'}; the manifest asks for ${length} of float32`,
    );
  }
  return tensor.data as Float32Array;
}
