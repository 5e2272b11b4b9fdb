import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectors } from '../connectors/registry';
import { type Fault, TenantFaults } from './faults';
import { loadTenant, type LoadOptions } from './load';

export const env = { SF_CLIENT_ID: 'the-client-id', SF_PRIVATE_KEY: '-----BEGIN PRIVATE KEY-----' };

const answering = (...classes: readonly string[]) => ({ manifest: { classes } });

export const options: LoadOptions = {
  env,
  connectors: [...connectors.values()],
  models: new Map([
    ['lead-scoring', answering('no', 'yes')],
    ['case-triage', answering('no', 'yes')],
    ['case-routing', answering('Group 24', 'Group 70', 'Group 8')],
  ]),
};

/** The example tenant, by path and as text. */
export const example = join(__dirname, 'examples', 'acme.yaml');
export const acme = readFileSync(example, 'utf8');

/** Loads a text as `acme.yaml`; no other file is there. */
export const load = (text: string, more: Partial<LoadOptions> = {}) =>
  loadTenant('acme.yaml', {
    ...options,
    readFile: (path) => {
      if (path === 'acme.yaml') return text;
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
    ...more,
  });

/** What is wrong with a text; empty when nothing is. */
export const faultsOf = (text: string, more: Partial<LoadOptions> = {}): readonly Fault[] => {
  try {
    load(text, more);
  } catch (error) {
    if (error instanceof TenantFaults) return error.faults;
    throw error;
  }
  return [];
};

interface Place {
  readonly line: number;
  readonly column: number;
}

/** The example with one thing replaced, and the line and column of `at` in what replaced it. */
export const broken = (from: string, to: string, at: string): readonly [text: string, place: Place] => {
  if (!acme.includes(from)) throw new Error(`the example has no ${from}`);
  const text = acme.replace(from, () => to);
  const before = text.slice(0, text.indexOf(to) + to.indexOf(at)).split('\n');
  return [text, { line: before.length, column: (before.at(-1) ?? '').length + 1 }];
};

/** One fault put into the example: what is replaced by what, at what it must point, and how it must be told. */
export type Case = readonly [
  name: string,
  from: string,
  to: string,
  at: string,
  message: RegExp,
  fix: RegExp,
  path: string,
];

/** Puts the fault in and expects it, it alone, at its line and column. */
export const expectFault = (...[, from, to, at, message, fix, path]: Case): void => {
  const [text, place] = broken(from, to, at);
  const [fault, ...more] = faultsOf(text);
  expect(more).toEqual([]);
  expect(fault?.message).toMatch(message);
  expect(fault?.fix).toMatch(fix);
  expect(fault?.path).toBe(path);
  if (at !== '') expect(fault).toMatchObject({ file: 'acme.yaml', ...place });
};
