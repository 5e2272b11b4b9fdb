import { openEncoder, type Encoder } from '../models/text/encoder';
import { provideEncoder } from './provision/encoder';
import type { Progress } from './provision/ways';

/** What text models are opened with, or why they serve by words alone. */
export type EncoderFound = { readonly encoder: Encoder } | { readonly encoder?: undefined; readonly why: string };

/** Opens the sentence encoder, fetching it where it is not there yet. Never throws: text models serve without it, and say so. */
export async function findEncoder(modelsDir: string, stateDir: string, progress: Progress): Promise<EncoderFound> {
  try {
    return { encoder: await openEncoder(modelsDir, await provideEncoder(stateDir, progress)) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
