import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

/** Connections in the YAML and JSON blocks of a README: what stands under `connections`, by whatever name. */
export function readmeExamples(file: string): readonly unknown[] {
  const path = resolve(__dirname, '../..', file);
  if (!existsSync(path)) return [];
  const blocks = readFileSync(path, 'utf8').matchAll(/^```(?:ya?ml|json)\n([\s\S]*?)^```/gm);
  return [...blocks].flatMap(([, text = '']) => {
    const { connections } = (parse(text) ?? {}) as { readonly connections?: Readonly<Record<string, unknown>> };
    return Object.values(connections ?? {});
  });
}
