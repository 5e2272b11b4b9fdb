import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findPrograms, isRoot, runCommand, tail } from './machine';
import { type StateFolder, underLock } from './state-folder';
import { type Progress, WayClosed } from './ways';

const policyFile = '/usr/sbin/policy-rc.d';
const lockWait = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * Installs a Debian package, its own system service kept from starting: Signalbox runs the program itself, on a
 * private port and folder. Throws WayClosed where there is no apt-get, no right to use it, or no such package.
 */
export async function installDebianPackage(name: string, state: StateFolder, progress: Progress): Promise<void> {
  if (findPrograms('apt-get').length === 0)
    throw new WayClosed('this is not a Debian or Ubuntu system', `install ${name} yourself`);
  if (!isRoot()) throw new WayClosed('not root', `run: sudo apt-get install ${name}`);
  await underLock(state.cache, 'apt', async () => {
    progress(`${name}: installing the Debian package`);
    await apt(['update'], name);
    await withoutServiceStart(() => apt(['install', '-y', '--no-install-recommends', name], name));
    // A package's service must not come up at the next boot either; without systemd there is none to switch off.
    await runCommand('systemctl', ['disable', name], { withinMs: 30_000 });
  });
}

async function apt(args: readonly string[], name: string): Promise<void> {
  const { code, output } = await runCommand('apt-get', [...lockWait, '-q', ...args], {
    withinMs: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code !== 0) {
    throw new WayClosed(
      `apt-get ${args[0] ?? ''} failed:\n${tail(output, 6)}`,
      `make "apt-get install ${name}" work, or install it yourself`,
    );
  }
}

/** invoke-rc.d(8) asks this file before it starts a service; one that the machine already has is left alone. */
async function withoutServiceStart(work: () => Promise<void>): Promise<void> {
  const isOurs = !existsSync(policyFile);
  if (isOurs) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    if (isOurs) rmSync(policyFile, { force: true });
  }
}
