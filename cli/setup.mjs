// Prepares a fresh clone and runs it: `node cli/setup.mjs <build|demo|test|run> [arguments]`.
// Needs Node only: it works before anything is installed, so it may import nothing but Node's own modules.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  copyFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aloneIn } from './setup-lock.mjs';
import { runTests } from './test-run.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = performance.now();
const leastNode = [20, 19];

/** A line of progress, with the seconds since the start; on stderr, so that a command's own output stays clean. */
function tell(line) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  process.stderr.write(`[${seconds} s] ${line}\n`);
}

/** Ends with what is wrong and how to mend it. */
function fail(what, fix) {
  process.stderr.write(`\nsignalbox: ${what}\n  fix: ${fix}\n`);
  process.exit(1);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  fail(`Node ${leastNode.join('.')} or later is needed, this is ${process.versions.node}`, 'install a current Node.js');
}

/** What a shell reports for a process ended by that signal. */
const exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const children = new Set();
let endingCode;
for (const signal of Object.keys(exitCode)) process.on(signal, () => end(signal));

function end(signal) {
  endingCode ??= exitCode[signal];
  // What runs is told, and ends first; between two steps and while another run is waited for, nothing does.
  if (children.size === 0) process.exit(endingCode);
  // Ctrl-C reaches the children from the terminal, too; a second one makes them end at once, so it is not doubled here.
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  for (const child of children) child.kill(signal);
}

/** npm that is told to end tells its shell alone, which ends without a word to this process. */
function endWithShell() {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    end('SIGTERM');
  }, 500);
  watch.unref();
}

/** Runs a command to its end; gives its exit code, and its output when that is not shown. */
export function run(command, args, { isShown = true, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ code: code ?? exitCode[signal] ?? 1, output });
    });
  });
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function isUpToDate({ file, wanted }) {
  return existsSync(file) && readFileSync(file, 'utf8') === wanted;
}

/** Whatever the environment says: the build needs the tools, the platforms' packages are optional, and no script runs. */
const asLocked = ['--include=dev', '--include=optional', '--ignore-scripts'];

function installStamp() {
  const file = join(root, 'node_modules', '.signalbox-lock');
  return { file, wanted: `${hashOf(join(root, 'package-lock.json'))} node ${process.versions.modules}` };
}

async function install() {
  const stamp = installStamp();
  if (isUpToDate(stamp)) return;
  tell('installing dependencies (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { code, output } = await run(npm, ['ci', '--loglevel=error', ...asLocked], { isShown: false });
  if (endingCode !== undefined) process.exit(endingCode);
  if (code !== 0) {
    // npm says first what is wrong; what follows is help on its options.
    const last = output.trimStart().split('\n').slice(0, 12).join('\n');
    fail(
      `npm ci failed:\n${last}`,
      'see the reason; the npm registry must be reachable, and package-lock.json must fit package.json',
    );
  }
  writeFileSync(stamp.file, stamp.wanted);
}

/** Files that the built program needs beside the compiled code, by folder: everything that is not a source of it. */
const notCopied = /\.(ts|tsx|mts|cts|py|ipynb|test\.json)$|(^|\/)(README\.md|training|__pycache__|node_modules)(\/|$)/;

/** All files of the compiled folders, with their times. */
function sources() {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  const files = [];
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
      else if (entry.isFile()) files.push(path);
    }
  };
  for (const folder of include) if (existsSync(join(root, folder))) walk(join(root, folder));
  return files.map((file) => relative(root, file)).sort();
}

function buildStamp(files) {
  const fingerprint = createHash('sha256');
  for (const file of [...files, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    const { mtimeMs, size } = statSync(join(root, file));
    fingerprint.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return { file: join(root, 'dist', '.signalbox-build'), wanted: fingerprint.digest('hex') };
}

async function build() {
  const files = sources();
  const stamp = buildStamp(files);
  if (isUpToDate(stamp)) return;
  tell('building');
  const { code, output } = await run(
    process.execPath,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
    {
      isShown: false,
    },
  );
  if (endingCode !== undefined) process.exit(endingCode);
  if (code !== 0)
    fail(`the build failed:\n${output.trimEnd().split('\n').slice(-15).join('\n')}`, 'mend what the compiler names');
  // Temporal runs workflow code as one bundle, and a ledger in memory begins as an empty database: made once, here.
  const steps = await run(process.execPath, [join(root, 'dist', 'services', 'build.js')], { isShown: false });
  if (endingCode !== undefined) process.exit(endingCode);
  if (steps.code !== 0) fail(`the build failed after compiling:\n${steps.output}`, 'mend what is named');
  for (const file of files.filter((name) => !notCopied.test(name))) copyIfChanged(file);
  writeFileSync(stamp.file, stamp.wanted);
}

function copyIfChanged(file) {
  const target = join(root, 'dist', file);
  const from = statSync(join(root, file));
  const to = statSync(target, { throwIfNoEntry: false });
  if (to !== undefined && to.size === from.size && to.mtimeMs >= from.mtimeMs) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(root, file), target);
}

/** npm links the commands of dependencies only; `npx signalbox` in the clone needs this project's own. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'signalbox');
  const launcher = join(root, 'cli', 'signalbox.cjs');
  if (existsSync(link) || process.platform === 'win32') return;
  rmSync(link, { force: true });
  chmodSync(launcher, 0o755);
  symlinkSync(relative(dirname(link), launcher), link);
}

async function prepare() {
  checkNode();
  if (isUpToDate(installStamp()) && isUpToDate(buildStamp(sources()))) return linkCommand();
  // Two first runs at once would empty each other's folders.
  await aloneIn(root, tell, async () => {
    await install();
    await build();
    linkCommand();
  });
}

const usage = `node cli/setup.mjs <command> [arguments]
  build            install and build what is missing or stale
  demo [options]   then run the demonstration
  test [options]   then run all test suites; options go to jest
  run <command>    then run a signalbox command`;

async function main([command = '', ...args]) {
  if (!['build', 'demo', 'test', 'run'].includes(command)) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  if (process.env.npm_lifecycle_event !== undefined) endWithShell();
  await prepare();
  if (command === 'build') return 0;
  if (command === 'test') return runTests({ root, run, tell, args, isEnding: () => endingCode !== undefined });
  const program = join(root, 'dist', 'cli', 'main.js');
  const { code } = await run(process.execPath, [program, ...(command === 'demo' ? ['demo'] : []), ...args]);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What the system refuses is told in its own words: a full disk, a file of another user, a folder that may not be written.
  if (error.syscall === undefined) throw error;
  fail(error.message, `let this user write to ${root}, with room on its disk`);
}
