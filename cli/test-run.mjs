// Runs the jest suites and adds their counts up. Node's own modules only, like setup.mjs.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders whose suites use servers or measure time. */
const withServers = '(?:broker|ledger|services|test/(?:integration|fault|e2e))/';

/** How many of them run side by side, each on servers of its own: a suite waits for its servers half of the time. */
const sideBySide = 3;

/**
 * PGlite loads parts of itself by import(), which jest's realm allows only with the first flag. Modules that are loaded for a
 * suite outlive a young generation of the usual 16 MB, and are copied again and again.
 */
const nodeOptions = '--experimental-vm-modules --no-warnings --max-semi-space-size=64';

/**
 * Runs all suites: first those that need nothing but a processor, two at a time, then those with servers. The last line
 * printed is `N passed, N failed, N skipped`; a suite that does not even run counts as a failed test.
 * Gives the exit code.
 */
export async function runTests({ root, run, tell, args, isEnding }) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-jest-'));
  const base = `^${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`;
  const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${nodeOptions}` };
  // The simulators and servers of the tests are on this machine. Tests run on what was built.
  createRequire(import.meta.url)(join(root, 'dist', 'cli', 'loopback.js')).reachLoopbackDirectly(env);
  const part = async (name, options) => {
    const report = join(folder, `${name}.json`);
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const given = [jest, ...args, '--passWithNoTests', '--json', `--outputFile=${report}`, ...options];
    const { code } = await run(process.execPath, given, { env });
    return { code, ...countsOf(report) };
  };
  // Named suites are few, and servers that the environment names are one set.
  const isFew = args.some((arg) => !arg.startsWith('-')) || process.env.TEMPORAL_ADDRESS !== undefined;
  const servers = ['--globalSetup=./test/global-setup.ts', '--globalTeardown=./test/global-teardown.ts'];
  try {
    tell('suites without servers');
    const setup = '--globalSetup=./test/unit-setup.ts';
    const parts = [await part('alone', ['--maxWorkers=2', setup, ...ignoring(`${base}${withServers}`)])];
    if (!isEnding()) {
      tell('suites with servers');
      const workers = `--maxWorkers=${isFew ? 1 : sideBySide}`;
      parts.push(await part('servers', [workers, ...servers, ...ignoring(`${base}(?!${withServers})`)]));
    }
    const sum = (key) => parts.reduce((total, counts) => total + counts[key], 0);
    process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
    const code = parts.map((counts) => counts.code).find((one) => one !== 0) ?? (isEnding() ? 130 : 0);
    return code === 0 && sum('failed') > 0 ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Parts are chosen by what they leave out, so that a path given as an argument narrows each of them. */
function ignoring(pattern) {
  return ['/node_modules/', '/dist/', pattern].map((ignored) => `--testPathIgnorePatterns=${ignored}`);
}

function countsOf(file) {
  // Jest itself did not come to an end, whatever code it left: nothing it ran can be counted on.
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
