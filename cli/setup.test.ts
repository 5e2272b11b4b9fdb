import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../services/project-root';

/** A compiler as far as setup.mjs asks for one: it notes that it ran, waits while there is a file `hold`, and writes two programs. */
const compiler = `
const fs = require('node:fs');
fs.appendFileSync('built.log', 'built\\n');
const end = () => {
  for (const file of ['dist/services/build.js', 'dist/cli/main.js']) {
    fs.mkdirSync(require('node:path').dirname(file), { recursive: true });
    fs.writeFileSync(file, 'console.log(process.argv.slice(2).join())');
  }
};
const wait = () => (fs.existsSync('hold') ? setTimeout(wait, 20) : end());
wait();
`;

/** A project of the same shape whose only dependency lies beside it, so that npm needs no registry. */
const files: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'small',
    version: '1.0.0',
    scripts: { postinstall: `node -e "require('node:fs').writeFileSync('script-ran', '')"` },
    devDependencies: { typescript: 'file:compiler' },
  }),
  'compiler/package.json': JSON.stringify({ name: 'typescript', version: '1.0.0', bin: { tsc: 'bin/tsc' } }),
  'compiler/bin/tsc': compiler,
  'tsconfig.json': '{}',
  'tsconfig.build.json': JSON.stringify({ include: ['cli'] }),
};

// npm alone takes seconds on a busy machine.
jest.setTimeout(120_000);

let lockFile: string;
let root: string;
const started: ChildProcess[] = [];

const makeProject = (): void => {
  root = mkdtempSync(join(tmpdir(), 'signalbox setup ü-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  for (const name of ['setup.mjs', 'setup-lock.mjs', 'test-run.mjs', 'signalbox.cjs'])
    cpSync(join(projectRoot, 'cli', name), join(root, 'cli', name));
};

beforeAll(() => {
  makeProject();
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--offline'], {
    cwd: root,
    stdio: 'pipe',
  });
  lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  makeProject();
  writeFileSync(join(root, 'package-lock.json'), lockFile);
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  said(): string;
  readonly ended: Promise<number | null>;
}

const setUp = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Run => {
  const child = spawn(process.execPath, [join(root, 'cli', 'setup.mjs'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  return { child, said: () => text, ended: once(child, 'close').then(([code]) => code as number | null) };
};

const until = async (isTrue: () => boolean): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('it did not come to that in 60 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const hold = (): void => {
  writeFileSync(join(root, 'hold'), '');
};
const release = (): void => {
  rmSync(join(root, 'hold'));
};
const builds = (): number => {
  const log = join(root, 'built.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
};

it('installs what the build needs and runs no script, whatever npm is told by the environment', async () => {
  const run = setUp(['run', 'a', 'b'], {
    NODE_ENV: 'production',
    npm_config_omit: 'dev',
    npm_config_ignore_scripts: 'false',
  });
  expect({ code: await run.ended, said: run.said() }).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^a,b$/m) as string,
  });
  expect(existsSync(join(root, 'script-ran'))).toBe(false);
});

it('lets a second run wait for the first, and build nothing again', async () => {
  hold();
  const first = setUp(['build']);
  await until(() => builds() === 1);
  const second = setUp(['run', 'second']);
  await until(() => second.said().includes('another run prepares this folder'));
  release();
  expect([await first.ended, await second.ended]).toEqual([0, 0]);
  expect(second.said()).toMatch(/^second$/m);
  expect(builds()).toBe(1);
});

it('takes over from a run that was killed, and ends at once when it is told to while it waits', async () => {
  hold();
  const first = setUp(['build']);
  await until(() => builds() === 1);
  const [second, third] = [setUp(['run', 'second']), setUp(['build'])];
  for (const one of [second, third]) await until(() => one.said().includes('another run prepares this folder'));
  third.child.kill('SIGINT');
  expect(await third.ended).toBe(130);
  release();
  hold();
  first.child.kill('SIGKILL');
  await until(() => builds() === 2);
  release();
  expect(await second.ended).toBe(0);
});

it('ends what runs when it is told to end, with the code of the signal, and begins anew the next time', async () => {
  hold();
  const run = setUp(['run', 'a']);
  await until(() => builds() === 1);
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(143);
  expect(existsSync(join(root, 'dist'))).toBe(false);
  release();
  expect(await setUp(['build']).ended).toBe(0);
});

it('ends with the shell that npm started it in', async () => {
  hold();
  // The shell stays its parent because another command follows.
  const line = '"$0" "$1" build; echo went on';
  const shell = spawn('sh', ['-c', line, process.execPath, join(root, 'cli', 'setup.mjs')], {
    env: { ...process.env, npm_lifecycle_event: 'build' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(shell);
  await until(() => builds() === 1);
  const closed = once(shell.stdout, 'close');
  shell.kill('SIGTERM');
  // All that has the pipe has ended, though the compiler is held.
  await closed;
  expect(existsSync(join(root, 'hold'))).toBe(true);
});

it('says what is wrong and how to mend it where it may not write', async () => {
  expect(await setUp(['build']).ended).toBe(0);
  const folder = join(root, 'node_modules', '.bin');
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file in the way');
  const run = setUp(['build']);
  expect(await run.ended).toBe(1);
  expect(run.said()).toMatch(/^\nsignalbox: E[A-Z]+: [^\n]*\.bin[^\n]*\n {2}fix: let this user write to [^\n]*\n$/);
});
