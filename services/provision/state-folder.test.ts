import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { underLock } from './state-folder';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signalbox-state-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('underLock', () => {
  const lock = (text: string): void => {
    writeFileSync(join(root, 'apt.lock'), text);
  };

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, born: '17' })],
    ['of a number that another program has now', JSON.stringify({ pid: process.pid, born: '17' })],
    ['that was cut short by a crash', '{"pid": 1'],
    ['that is empty', ''],
  ])('takes over a lock %s', async (_, text) => {
    lock(text);
    await expect(underLock(root, 'apt', () => Promise.resolve('done'), 20_000)).resolves.toBe('done');
    expect(readdirSync(root)).toEqual([]);
  });

  it('says at once what is wrong where no lock can be written', async () => {
    const nowhere = join(root, 'gone');
    await expect(underLock(nowhere, 'apt', () => Promise.resolve('done'), 20_000)).rejects.toThrow(/ENOENT.*apt\.lock/);
  });
});
