import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { projectRoot } from '../services/project-root';

const built = existsSync(join(projectRoot, 'dist', 'cli', 'main.js'));
const describeBuilt = built ? describe : describe.skip;
const acme = join(projectRoot, 'tenants', 'examples', 'acme.yaml');

const signalbox = async (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}) => {
  const script = join(projectRoot, 'cli', 'signalbox.cjs');
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, out, err] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
  return { code, out: out.toString(), err: err.toString() };
};

describeBuilt('the signalbox command as a process of its own (needs npm run build)', () => {
  test('gives 0 and its results on standard output', async () => {
    const ran = await signalbox(['validate', acme], '', { SF_CLIENT_ID: 'a', SF_PRIVATE_KEY: 'b' });
    expect(ran).toMatchObject({ code: 0, err: '', out: expect.stringContaining('ok: tenant acme') as string });
  });

  test('gives 1 and its findings on standard error', async () => {
    const ran = await signalbox(['validate', acme]);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('acme.yaml:11:') as string });
  });

  test('gives 2 for what it refuses, from standard input too, without a stack', async () => {
    const ran = await signalbox(
      ['normalise', '--tenant', 'a', '--connector', 'salesforce', '-'],
      '{"what": "is this"}',
    );
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toMatch(/^signalbox: SBX_\w+: [^\n]*\n {2}fix: [^\n]*\n$/);
  });

  test('a simulated CRM of the demo ends with the process that started it, even when that is killed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'signalbox-simulator-'));
    const code = `require(process.argv[1]).Simulator.start('dynamics365', process.argv[2], {})
      .then(({ endpoints }) => console.log(endpoints.adminUrl))`;
    const module = join(projectRoot, 'dist', 'cli', 'demo', 'simulator.js');
    const parent = spawn(process.execPath, ['-e', code, module, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    const deadline = Date.now() + 20_000;
    while (await answers(line.toString().trim())) expect(Date.now()).toBeLessThan(deadline);
    rmSync(dir, { recursive: true });
  });
});

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.text().then(() => true),
    () => false,
  );
