import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const base = 'https://signalbox.io/schemas/';
const commonRef = '/schemas/common.v1.json#/$defs/';

/**
 * Every schema document by name: the hand-written ones, with the common parts put in their places so that each can be read
 * alone, and those that follow from them (each entity's event and its data), in a fixed order.
 * @returns {Map<string, object>} `lead`, `change`, `leadChange`, `leadEvent`, ...
 */
export function loadDocuments(folder) {
  const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const common = read('common.schema.json').$defs;
  const inlined = (file) => inline(read(file), common, file);
  const names = (directory) =>
    readdirSync(directory)
      .filter((file) => file.endsWith('.schema.json') && file !== 'common.schema.json')
      .map((file) => file.slice(0, -'.schema.json'.length))
      .sort();
  const documents = new Map();
  for (const name of names(folder)) documents.set(camel(name), inlined(`${name}.schema.json`));
  const change = documents.get('change');
  for (const entity of change.properties.entity.enum) documents.set(entity, inlined(`entities/${entity}.schema.json`));
  const strays = names(join(folder, 'entities')).filter((name) => !documents.has(name));
  if (strays.length > 0)
    throw new Error(`schemas/entities: ${strays} is not in the list of entities of change.schema.json`);
  for (const entity of change.properties.entity.enum) {
    documents.set(`${entity}Change`, dataOf(entity, documents.get(entity), change));
    documents.set(`${entity}Event`, eventOf(entity, documents.get(entity), eventTypesOf(entity, change)));
  }
  documents.set('predictionEvent', predictionEvent());
  return documents;
}

export function entitiesOf(documents) {
  return documents.get('change').properties.entity.enum;
}

export function eventTypesOf(entity, change) {
  return change.properties.change.properties.kind.enum.map((kind) => `io.signalbox.${entity}.${kind}.v1`);
}

function inline(node, common, place) {
  if (Array.isArray(node)) return node.map((item, i) => inline(item, common, `${place}/${i}`));
  if (typeof node !== 'object' || node === null) return node;
  const rest = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, inline(value, common, `${place}/${key}`)]),
  );
  if (typeof node.$ref !== 'string' || !node.$ref.startsWith(commonRef)) return rest;
  const definition = common[node.$ref.slice(commonRef.length)];
  if (definition === undefined) throw new Error(`${place}: ${node.$ref} is not in common.schema.json`);
  delete rest.$ref;
  return { ...inline(definition, common, node.$ref), ...rest };
}

function derived(name, title, description, body) {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return { $schema, $id: `${base}${name}.v1.json`, title, description, type: 'object', ...body };
}

function dataOf(entity, document, change) {
  const { title, description } = change.properties.entity;
  return derived(
    entity,
    `${document.title} change`,
    `The data of every event about a record of the entity ${entity}.`,
    {
      allOf: [{ $ref: '/schemas/change.v1.json' }],
      required: ['entity', 'record'],
      properties: {
        entity: { title, description, type: 'string', const: entity },
        record: { $ref: `/schemas/entities/${entity}.v1.json` },
      },
    },
  );
}

function eventOf(entity, document, types) {
  return derived(
    `${entity}-event`,
    `${document.title} event`,
    `Something happened to a record of the entity ${entity}.`,
    {
      allOf: [{ $ref: '/schemas/event.v1.json' }],
      required: ['type', 'subject', 'dataschema'],
      properties: {
        type: { title: 'Type', description: 'What happened.', type: 'string', enum: types },
        subject: {
          title: 'Subject',
          description: `The record: \`${entity}/<crm id>\`; the id \`*\` is all records of the entity.`,
          type: 'string',
          pattern: `^${entity}/[\\s\\S]`,
        },
        dataschema: {
          title: 'Data schema',
          description: 'Schema of the data.',
          type: 'string',
          const: `${base}${entity}.v1.json`,
        },
        data: { $ref: `/schemas/${entity}.v1.json` },
      },
    },
  );
}

function predictionEvent() {
  return derived('prediction-event', 'Prediction event', 'A decision, as an event for any subscriber.', {
    allOf: [{ $ref: '/schemas/event.v1.json' }],
    required: ['type', 'dataschema', 'causationid'],
    properties: {
      type: {
        title: 'Type',
        description: '`io.signalbox.prediction.<use case>.v1`',
        type: 'string',
        pattern: '^io\\.signalbox\\.prediction\\.[^.]+\\.v1$',
      },
      dataschema: {
        title: 'Data schema',
        description: 'Schema of the data.',
        type: 'string',
        const: `${base}prediction.v1.json`,
      },
      data: { $ref: '/schemas/prediction.v1.json' },
    },
  });
}

function camel(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
