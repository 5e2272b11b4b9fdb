import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, sourceFiles } from './project';

/** A code as the product writes it: a text that begins with it. Names in comments and `SBX_<AREA>_<WHAT>` are none. */
const inCode = /['"`](SBX_[A-Z0-9_]*[A-Z0-9])(?![A-Z0-9_<])/g;
const onPage = /^\| `(SBX_[A-Z0-9_]+)` \|/gm;

const page = readFileSync(join(projectRoot, 'docs', 'errors.md'), 'utf8');
const described = [...page.matchAll(onPage)].map(([, code = '']) => code);
const used = new Map<string, string>();
for (const file of sourceFiles()) {
  for (const [, code = ''] of readFileSync(join(projectRoot, file), 'utf8').matchAll(inCode)) used.set(code, file);
}

describe('the page of error codes', () => {
  it('describes every code that the product uses', () => {
    const missing = [...used].filter(([code]) => !described.includes(code)).map(([code, file]) => `${code} (${file})`);
    expect(missing).toEqual([]);
  });

  it('describes no code that the product does not use', () => {
    expect(described.filter((code) => !used.has(code))).toEqual([]);
  });

  it('describes each code once, with a meaning and a fix', () => {
    expect(new Set(described).size).toBe(described.length);
    const rows = page.split('\n').filter((line) => line.startsWith('| `SBX_'));
    for (const row of rows) expect(row).toMatch(/^\| `\w+` \| \S.+ \| \S.+ \|$/);
  });

  it('is read from a product that has codes', () => {
    expect(used.size).toBeGreaterThan(40);
  });
});
