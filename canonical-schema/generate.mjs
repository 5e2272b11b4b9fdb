// Writes canonical-schema/generated/ from the schemas. `--check` writes nothing and fails when something there is stale;
// `--schemas DIR` and `--out DIR` take other folders than the project's own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { asyncapiOf } from './generate/asyncapi.mjs';
import { loadDocuments } from './generate/documents.mjs';
import { typesOf } from './generate/types.mjs';
import { validatorsOf } from './generate/validators.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    schemas: { type: 'string', default: join(import.meta.dirname, 'schemas') },
    out: { type: 'string', default: join(import.meta.dirname, 'generated') },
  },
});

const note = 'Generated from canonical-schema/schemas by canonical-schema/generate.mjs: change those and run it again.';
const banner = `// ${note}`;
const documents = loadDocuments(options.schemas);
const files = {
  'types.ts': await typesOf(documents, banner),
  'validate.ts': validatorsOf(documents, banner),
  'schemas.ts': schemasOf(),
  'asyncapi.yaml': asyncapiOf(documents, `# ${note}`),
};
const stale = Object.keys(files).filter((file) => current(join(options.out, file)) !== files[file]);

if (options.check) {
  const list = stale.map((file) => relative(process.cwd(), join(options.out, file))).join(', ');
  if (stale.length > 0) {
    console.error(`stale: ${list}. Run \`node canonical-schema/generate.mjs\` and commit what it writes.`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(options.out, { recursive: true });
  for (const file of stale) writeFileSync(join(options.out, file), files[file]);
}

function current(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function schemasOf() {
  const names = [...documents.keys()];
  return `${banner}

/** A JSON Schema 2020-12 document or a part of one. */
export type SchemaDocument = Readonly<Record<string, unknown>>;

/** Names of the schema documents: \`lead\` is the record, \`leadChange\` an event's data, \`leadEvent\` the whole event. */
export type SchemaName =
${names.map((name) => `  | '${name}'`).join('\n')};

export const schemas: Readonly<Record<SchemaName, SchemaDocument>> = ${JSON.stringify(Object.fromEntries(documents), null, 2)};
`;
}
