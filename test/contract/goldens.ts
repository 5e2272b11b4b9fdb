import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Golden } from './subject';

const suffix = '.golden.json';

/** The golden fixtures in a folder of the project, by name; none where the folder is not there. */
export function goldensIn(folder: string): readonly Golden[] {
  const path = resolve(__dirname, '../..', folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => {
      const golden = JSON.parse(readFileSync(join(path, file), 'utf8')) as Omit<Golden, 'name'>;
      return { name: file.slice(0, -suffix.length), ...golden };
    });
}
