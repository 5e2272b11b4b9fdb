import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError } from '../manifest';
import { wordPiece } from './wordpiece';

/** The weights' file as the graphs name it, and its SHA-256: MiniLM-L6 as published, float32, 87 MiB. */
export const weightsFile = 'model.safetensors';
export const weightsSha256 = '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db';

/** Numbers that stand for one piece of a text. */
export const WIDTH = 384;
/** Pieces that are read, as in training: beyond them the encoder knows nothing of the text. */
const LONGEST = 126;
/** The marks before the first piece and behind the last. */
const [FIRST, LAST] = [101n, 102n];
/** Texts whose states are kept: several models read the same text of a batch. */
const KEPT = 16;

/** One thread, as for the tabular models. */
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  executionMode: 'sequential',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
};

/** What the encoder makes of a text, mark, pieces, mark; the hidden states are `WIDTH` numbers for each. */
export interface Encoded {
  /** The word of each piece; empty for the two marks. */
  readonly words: readonly string[];
  /** After the layers that all models share: what a model's own upper half goes on from. */
  readonly shared: Float32Array;
  /** After the last of the published layers. */
  published(): Promise<Float32Array>;
}

/** The sentence encoder, one for all text models of a process. A text's numbers depend on no other text. */
export interface Encoder {
  /** SHA-256 in hex over the SHA-256s of weights, lower graph, upper graph and vocabulary: a manifest names it. */
  readonly digest: string;
  encode(text: string): Promise<Encoded>;
  /** Frees the native memory; `encode` must not be called again. */
  close(): Promise<void>;
}

/** The upper half of an encoder. */
export interface Upper {
  run(shared: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Opens the encoder. The runtime maps the weights from their file, which it wants beside the graphs: these are put there.
 * @param models folder of the models, whose `text/` has the graphs and the vocabulary
 * @param weights path of model.safetensors, in a folder that can be written to, or has the graphs already
 * @throws ModelError when the weights are not the published ones
 */
export async function openEncoder(models: string, weights: string): Promise<Encoder> {
  const sha256 = await digestOfFile(weights);
  if (path.basename(weights) !== weightsFile || sha256 !== weightsSha256) {
    throw new ModelError(
      `${weights}: its SHA-256 is ${sha256}, needed is ${weightsFile} with ${weightsSha256}: remove it, and it is fetched again`,
    );
  }
  const graphs = await Promise.all(
    ['lower.onnx', 'upper.onnx'].map((name) => beside(weights, path.join(models, 'text', name))),
  );
  const vocabulary = await readFile(path.join(models, 'text', 'vocab.txt'));
  const digests = [sha256, ...graphs.map((graph) => graph.sha256), hex(vocabulary)];
  const cut = wordPiece(vocabulary.toString('utf8').trimEnd().split('\n'));
  const [lower, upper] = await Promise.all(graphs.map(({ file }) => InferenceSession.create(file, OPTIONS)));
  if (lower === undefined || upper === undefined) throw new Error('unreachable: two graphs make two sessions');
  const encode = async (text: string): Promise<Encoded> => {
    const pieces = cut(text).slice(0, LONGEST);
    const ids = BigInt64Array.from([FIRST, ...pieces.map(({ id }) => BigInt(id)), LAST]);
    const shared = floats(await lower.run({ ids: new Tensor('int64', ids, [ids.length]) }));
    let published: Promise<Float32Array> | undefined;
    return {
      words: ['', ...pieces.map(({ word }) => word), ''],
      shared,
      published: () => (published ??= runUpper(upper, shared)),
    };
  };
  return {
    digest: hex(Buffer.from(digests.join(''))),
    encode: lastOnes(encode),
    async close() {
      await Promise.all([lower.release(), upper.release()]);
    },
  };
}

/**
 * Opens a model's own upper half.
 * @throws ModelError when the file is not the one its manifest names
 */
export async function openUpper(file: string, sha256: string): Promise<Upper> {
  const bytes = await readFile(file);
  if (hex(bytes) !== sha256) {
    throw new ModelError(
      `${file}: its SHA-256 is ${hex(bytes)}, the manifest says ${sha256}: restore it or train again`,
    );
  }
  const session = await InferenceSession.create(bytes, OPTIONS);
  return { run: (shared) => runUpper(session, shared), close: () => session.release() };
}

async function runUpper(session: InferenceSession, shared: Float32Array): Promise<Float32Array> {
  return floats(await session.run({ shared: new Tensor('float32', shared, [shared.length / WIDTH, WIDTH]) }));
}

function floats(results: InferenceSession.OnnxValueMapType): Float32Array {
  const { hidden } = results;
  if (hidden?.type !== 'float32')
    throw new ModelError('the encoder gave no hidden states: its graphs are not those of this version');
  return hidden.data as Float32Array;
}

/** Keeps what was made of the last texts. */
function lastOnes(encode: (text: string) => Promise<Encoded>): (text: string) => Promise<Encoded> {
  const kept = new Map<string, Promise<Encoded>>();
  return (text) => {
    const found = kept.get(text);
    if (found !== undefined) return found;
    const encoded = encode(text);
    kept.set(text, encoded);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return encoded;
  };
}

/** A graph's copy in the folder of the weights, written anew where it is another; several processes may do so at once. */
async function beside(weights: string, graph: string): Promise<{ readonly file: string; readonly sha256: string }> {
  const file = path.join(path.dirname(weights), path.basename(graph));
  const sha256 = hex(await readFile(graph));
  const present = await readFile(file).then(hex, () => undefined);
  if (present === sha256) return { file, sha256 };
  const fresh = `${file}.${process.pid}`;
  try {
    await copyFile(graph, fresh);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new ModelError(
      `${file} cannot be written (${String(error)}): make the folder of the weights writable, or copy ${graph} there`,
    );
  }
  return { file, sha256 };
}

function hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file, in hex. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
