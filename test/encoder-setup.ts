import { join } from 'node:path';
import { provideEncoder } from '../services/provision/encoder';

/** Gets the sentence encoder, so that suites test text models in both modes; without it they skip one, by name. */
export default async function encoderSetup(): Promise<void> {
  const progress = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  await provideEncoder(join(__dirname, '..', '.signalbox'), progress).catch((error: unknown) => {
    progress(`the sentence encoder is not here: ${error instanceof Error ? error.message : String(error)}`);
  });
}
