import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideAll } from './provide';
import { ProvisionError } from './ways';

const root = mkdtempSync(join(tmpdir(), 'signalbox-provide-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function isOpen(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

it('starts PostgreSQL, brings it back on the same port after a kill, and leaves nothing behind', async () => {
  const servers = await provideAll({ postgres: true, isPrivate: true, stateDir: root }).catch((error: unknown) => {
    if (error instanceof ProvisionError) return undefined;
    throw error;
  });
  // A machine without PostgreSQL and without the right to install it cannot run this one.
  if (servers?.postgres === undefined) return;
  const { url } = servers.postgres;
  expect(await isOpen(url)).toBe(true);
  await servers.postgres.kill();
  expect(await isOpen(url)).toBe(false);
  await servers.postgres.restart();
  expect(await isOpen(url)).toBe(true);
  await servers.stop();
  expect(await isOpen(url)).toBe(false);
  expect(existsSync(servers.dir)).toBe(false);
}, 120_000);

it('gives two runs at once folders of their own, and refuses a second persistent one', async () => {
  const [a, b] = await Promise.all([provideAll({ stateDir: root }), provideAll({ stateDir: root })]);
  expect(a.dir).not.toBe(b.dir);
  await Promise.all([a.stop(), b.stop()]);
  const persistent = await provideAll({ stateDir: root, isPersistent: true });
  await expect(provideAll({ stateDir: root, isPersistent: true })).rejects.toThrow(/is in use by process/);
  await persistent.stop();
  await (await provideAll({ stateDir: root, isPersistent: true })).stop();
});
