import type { Command } from 'commander';
import { exit } from './terminal';
import { newProgram } from './program';
import { signalbox } from './terminal.fixture';

const quiet = {
  out: () => undefined,
  err: () => undefined,
  readInput: () => Promise.resolve(Buffer.alloc(0)),
  env: {},
  exitCode: exit.ok,
};

const leaves = (command: Command, path: readonly string[] = []): readonly (readonly string[])[] =>
  command.commands.length === 0 ? [path] : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

const commands = leaves(newProgram(quiet)).map((path) => path.join(' '));

test('the commands are those of the manual', () => {
  expect(commands).toEqual(
    expect.arrayContaining([
      'validate',
      'doctor',
      'connect',
      'disconnect',
      'normalise',
      'score',
      'history',
      'demo',
      'gaps list',
      'reconcile',
      'models list',
      'model check',
      'model promote',
      'model rollback',
      'drift',
      'parked drop',
      'parked list',
      'parked redrive',
      'quarantine list',
      'quarantine show',
      'quarantine release',
      'quarantine drop',
    ]),
  );
});

const groups = new Set(commands.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0] ?? ''));

test.each([...groups])('%s has help that leads to that of its commands', async (group) => {
  const { code, out } = await signalbox([group, '--help']);
  expect(code).toBe(0);
  const [, example = ''] = /Example:\n\s+signalbox (.* --help)\n/.exec(out) ?? [];
  expect((await signalbox(example.split(' '))).out).toMatch(new RegExp(`Example:\\n.*signalbox ${group} `));
});

test.each(commands)('%s has help with an example, and --json', async (command) => {
  const { code, out } = await signalbox([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`Example:\\n.*signalbox ${command}`));
  expect(out).toContain('--json');
});

test.each([
  [['nonsense'], /unknown command 'nonsense'/],
  [['histroy'], /\(Did you mean history\?\)/],
  [['validate', '--jsno', 'x'], /unknown option '--jsno'.*--json/],
  [['history', 'x'], /required option '--tenant <NAME>' not specified/],
  [['up', '--metrics', 'everywhere'], /"everywhere" is no address \(--metrics\)/],
  [['normalise', '--tenant', 'a', '--connector', 'siebel', '-'], /there is no connector "siebel" \(--connector\)/],
])('%j is refused in the one form of an error', async (args, what) => {
  const { code, out, err } = await signalbox(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^signalbox: .+\n {2}fix: .+\n$/);
  expect(err).toMatch(what);
});

test('the stack of an error is told only with --debug', async () => {
  const args = ['history', '--tenant', 'acme', '--state', '/nowhere/at/all', 'lead/1'];
  const plain = await signalbox(args);
  expect(plain).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /^signalbox: there is no ledger yet \(\/nowhere\/at\/all\/ledger\)\n {2}fix: .*\n$/,
    ) as string,
  });
  expect((await signalbox([...args, '--debug'])).err).toContain('    at ');
});

test('help and version are no errors', async () => {
  await expect(signalbox(['--version'])).resolves.toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
  await expect(signalbox(['--help'])).resolves.toMatchObject({ code: 0 });
});
