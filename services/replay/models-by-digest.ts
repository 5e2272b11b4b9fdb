import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { loadModel, type Model } from '../../models/registry';
import { openScorer } from '../../models/score';
import type { Scorer } from '../../models/scored';
import type { Encoder } from '../../models/text/encoder';
import { wordsDigest } from '../../models/text/text-scorer';
import type { EncoderFound } from '../encoder';

/** Where models are looked for. */
export interface ModelFolders {
  /** Folders of models: those below them count. */
  readonly parents: readonly string[];
  /** Folders of one model each; those that are not there are passed over. */
  readonly folders: readonly string[];
}

/** A model that was found by its digest, or why there is none. */
export type FoundModel = { readonly scorer: Scorer } | { readonly scorer?: undefined; readonly because: string };

interface Known {
  readonly model: Model;
  /** A text model by words alone has a digest of its own. */
  readonly withEncoder: boolean;
}

/** The models of this machine by their digests, each opened when it is first asked for. */
export class ModelsByDigest {
  private readonly open = new Map<string, Promise<FoundModel>>();
  private encoder: Promise<EncoderFound> | undefined;

  private constructor(
    private readonly known: ReadonlyMap<string, Known>,
    private readonly findEncoder: () => Promise<EncoderFound>,
    /** What is no model any more, a sentence each. */
    readonly broken: readonly string[],
  ) {}

  /** @param findEncoder is asked once, where a text model needs it */
  static async in(
    { parents, folders }: ModelFolders,
    findEncoder: () => Promise<EncoderFound>,
  ): Promise<ModelsByDigest> {
    const known = new Map<string, Known>();
    const broken: string[] = [];
    for (const folder of new Set([...parents.flatMap(foldersIn), ...folders])) {
      try {
        const model = await loadModel(folder);
        if (model === undefined) continue;
        known.set(model.digest, { model, withEncoder: model.manifest.task === 'text' });
        if (model.manifest.task === 'text') known.set(wordsDigest(model.digest), { model, withEncoder: false });
      } catch (error) {
        broken.push(error instanceof Error ? error.message : String(error));
      }
    }
    return new ModelsByDigest(known, findEncoder, broken);
  }

  find(digest: string): Promise<FoundModel> {
    const found = this.open.get(digest) ?? this.openModel(digest);
    this.open.set(digest, found);
    return found;
  }

  private async openModel(digest: string): Promise<FoundModel> {
    const known = this.known.get(digest);
    if (known === undefined) return { because: 'no model of this digest is here' };
    try {
      const encoder = known.withEncoder ? await this.openEncoder() : undefined;
      return { scorer: await openScorer(known.model, encoder) };
    } catch (error) {
      return { because: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Throws where there is none: by words alone the model would be another one. */
  private async openEncoder(): Promise<Encoder> {
    const found = await (this.encoder ??= this.findEncoder());
    if (found.encoder !== undefined) return found.encoder;
    throw new Error(`the sentence encoder is not here: ${found.why}`);
  }

  async close(): Promise<void> {
    for (const found of this.open.values()) await (await found).scorer?.close();
    await (await this.encoder)?.encoder?.close();
  }
}

function foldersIn(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(parent, name));
}
