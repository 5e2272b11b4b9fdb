import { compile } from 'json-schema-to-typescript';
import { entitiesOf } from './documents.mjs';
import { rewrite } from './references.mjs';

/** Keywords that say nothing to TypeScript, or that the compiler makes a worse type of. */
const untyped = ['$id', '$schema', 'title', 'discriminator', 'examples', 'minLength', 'minProperties'];

/** TypeScript types of records, changes, decisions and actions, and `Entities`, which finds a record's type by its entity. */
export async function typesOf(documents, banner) {
  const reference = (name) => `#/definitions/${typeName(documents.get(name))}`;
  const entities = entitiesOf(documents);
  const typed = [...entities, 'change', 'prediction', 'action', 'actionResult'].map((name) => documents.get(name));
  const definitions = Object.fromEntries(
    typed.map((document) => [typeName(document), anyJson(rewrite(document, documents, reference, untyped))]),
  );
  const root = {
    title: 'Entities',
    description: "Every entity's record by the entity's name.",
    type: 'object',
    properties: Object.fromEntries(entities.map((entity) => [entity, { $ref: reference(entity) }])),
    required: entities,
    additionalProperties: false,
    definitions,
  };
  const code = await compile(root, 'Entities', {
    additionalProperties: false,
    bannerComment: banner,
    style: { printWidth: 120, singleQuote: true },
    unreachableDefinitions: true,
  });
  return code.replace(
    /^ \*(?:\n \*)? This interface was referenced by `Entities`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/gm,
    '',
  );
}

/** A schema that allows any JSON is `unknown`, where the compiler would make an object of it. */
function anyJson(schema) {
  const isOpen = (value) => typeof value?.description === 'string' && Object.keys(value).length === 1;
  return JSON.parse(JSON.stringify(schema), (_, value) => (isOpen(value) ? { ...value, tsType: 'unknown' } : value));
}

function typeName(document) {
  return document.title.replace(/(?:^|\s+)(\S)/g, (_, letter) => letter.toUpperCase());
}
