import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf, ModelError } from '../manifest';
import { openUpper, type Encoder, type Encoded, type Upper } from './encoder';
import { sentenceHalf, wordHalf, type Opinion, type SentenceHalf, type WordCount } from './halves';
import { scoredBy } from './pooled';
import { readSafetensors, type Tensors } from './safetensors';
import { unscorable } from './text-features';
import type { ModeName, TextManifest } from './text-manifest';
import type { Unscorable } from '../feature-row';
import type { Scored, Scorer } from '../scored';

/** The part of a text model that needs the encoder. */
interface Sentence {
  read(text: string): Promise<Opinion>;
  close(): Promise<void>;
}

/**
 * Opens a text model: with the encoder in mode `full`, without it in mode `words`. The digest says which.
 * @param folder of the model
 * @throws ModelError when a file is not the one the manifest names, or the encoder is another than the manifest's
 */
export async function openTextScorer(manifest: TextManifest, folder: string, encoder?: Encoder): Promise<Scorer> {
  const tensors = await tensorsOf(path.join(folder, manifest.file), manifest.sha256);
  const mode: ModeName = encoder === undefined ? 'words' : 'full';
  const words = wordHalf(tensors, manifest.classes.length);
  const sentence = encoder === undefined ? undefined : await openSentence(manifest, folder, encoder, tensors);
  const digest = digestOf(manifest);
  const give = scoredBy(manifest, mode);
  return {
    digest: mode === 'full' ? digest : wordsDigest(digest),
    manifest,
    mode,
    async score(rows) {
      const scored: Scored[] = [];
      for (const { text } of rows) {
        if (text === undefined) throw new ModelError(`${manifest.name}: a row without a text`);
        scored.push(give(words.read(text), await sentence?.read(text)));
        // The runtime computes on this thread: what else waits in the process gets its turn between two texts.
        if (sentence !== undefined) await new Promise(setImmediate);
      }
      return scored;
    },
    unread: ({ text = '' }) => whyUnread(manifest, words.count(text)),
    close: async () => sentence?.close(),
  };
}

/** What a text model's decisions name it by where it serves by words alone. */
export function wordsDigest(digest: string): string {
  return `sha256:${createHash('sha256').update(`${digest} words`).digest('hex')}`;
}

/** A text in a language that `language.ts` does not know, or about something else than the training texts. */
function whyUnread(
  { features: [feature] }: TextManifest,
  { words, known, english }: WordCount,
): Unscorable | undefined {
  const { known: rule, unreadable } = feature;
  const isRead = known >= rule.least * words || english >= rule.english * words;
  if (words > 0 && isRead) return undefined;
  const told = `has ${words} words, of which the model knows ${known} and ${english - known} others are English`;
  return unscorable(feature, unreadable, told);
}

async function tensorsOf(file: string, sha256: string): Promise<Tensors> {
  const bytes = await readFile(file);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === sha256) return readSafetensors(bytes);
  throw new ModelError(`${file}: its SHA-256 is ${found}, the manifest says ${sha256}: restore it or train again`);
}

async function openSentence(
  manifest: TextManifest,
  folder: string,
  encoder: Encoder,
  tensors: Tensors,
): Promise<Sentence> {
  if (encoder.digest !== manifest.encoder) {
    throw new ModelError(
      `${manifest.name}: was trained with the encoder ${manifest.encoder}, not with ${encoder.digest}: restore models/text, or train again`,
    );
  }
  const { top } = manifest;
  const own = top === undefined ? undefined : await openUpper(path.join(folder, top.file), top.sha256);
  const half: SentenceHalf = sentenceHalf(tensors);
  return {
    async read(text) {
      const encoded = await encoder.encode(text);
      return half.read(encoded, await statesOf(encoded, own));
    },
    close: async () => own?.close(),
  };
}

function statesOf(encoded: Encoded, own: Upper | undefined): Promise<Float32Array> {
  return own === undefined ? encoded.published() : own.run(encoded.shared);
}
