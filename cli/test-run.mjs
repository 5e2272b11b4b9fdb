// Runs the jest suites and adds their counts up. Node's own modules only, like setup.mjs.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders whose suites use servers or measure time: run one after the other, with servers started once for all of them. */
const serialFolders = '(?:broker|ledger|services|test/(?:integration|fault|e2e))/';

/**
 * Runs all suites: first those that need nothing but a processor, two at a time, then the serial ones. The last line
 * printed is `N passed, N failed, N skipped`; a suite that does not even run counts as a failed test.
 * Gives the exit code.
 */
export async function runTests({ root, run, tell, args, isEnding }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-jest-'));
  const base = `^${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/`;
  const servers = ['--globalSetup=./test/global-setup.ts', '--globalTeardown=./test/global-teardown.ts'];
  const encoder = '--globalSetup=./test/encoder-setup.ts';
  const parts = [
    ['suites without servers', ['--maxWorkers=2', encoder, ...ignoring(`${base}${serialFolders}`)]],
    ['suites with servers', ['--runInBand', ...servers, ...ignoring(`${base}(?!${serialFolders})`)]],
  ];
  // PGlite loads parts of itself by import(), which jest's realm allows only with this flag.
  const env = {
    ...process.env,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings`,
  };
  let code = 0;
  try {
    for (const [at, [name, options]] of parts.entries()) {
      if (isEnding()) break;
      tell(name);
      const file = join(folder, `${at}.json`);
      const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
      const result = await run(
        process.execPath,
        [jest, ...args, '--passWithNoTests', '--json', `--outputFile=${file}`, ...options],
        { env },
      );
      code ||= result.code;
      add(counts, file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (isEnding()) code ||= 130;
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return code === 0 && counts.failed > 0 ? 1 : code;
}

/** Both parts are chosen by what they leave out, so that a path given as an argument narrows each of them. */
function ignoring(pattern) {
  return ['/node_modules/', '/dist/', pattern].map((ignored) => `--testPathIgnorePatterns=${ignored}`);
}

function add(counts, file) {
  if (!existsSync(file)) {
    // Jest itself did not come to an end, whatever code it left: nothing it ran can be counted on.
    counts.failed++;
    return;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  counts.skipped += report.numPendingTests + report.numTodoTests;
}
