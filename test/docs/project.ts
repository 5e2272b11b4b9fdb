import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** The project's root. */
export const projectRoot = path.resolve(__dirname, '../..');

/** Folders whose code runs at a customer's. */
const product = [
  'activities',
  'broker',
  'canonical-schema',
  'cli',
  'connectors',
  'ledger',
  'models',
  'services',
  'assistant',
  'tenants',
  'workflows',
];

/** Files below a folder, relative to the project's root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(path.join(projectRoot, folder)).flatMap((name) => {
    const file = path.join(folder, name);
    return statSync(path.join(projectRoot, file)).isDirectory() ? filesBelow(file) : [file];
  });
}

/** The product's TypeScript, its tests and generated files left out. */
export function sourceFiles(): readonly string[] {
  return product
    .flatMap((folder) => [...filesBelow(folder)])
    .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$|\/(generated|testing)\//.test(file));
}

/** README, CONTRIBUTING, CHANGELOG and everything in docs/. */
export function pages(): readonly string[] {
  const own = readdirSync(projectRoot).filter((name) => name.endsWith('.md'));
  return [...own, ...filesBelow('docs').filter((file) => file.endsWith('.md'))];
}
