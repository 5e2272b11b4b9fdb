import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { entitiesOf } from './documents.mjs';
import { rewrite } from './references.mjs';

/** Compiled once and for all: at run time there is no schema compiler and no eval. */
export function validatorsOf(documents, banner) {
  const ajv = new Ajv2020({
    strict: true,
    // `anyOf` chooses between properties that its parent defines, which this check does not see.
    strictRequired: false,
    // CloudEvents gives every attribute, known or not, the same form of name.
    allowMatchingProperties: true,
    allErrors: true,
    allowUnionTypes: true,
    discriminator: true,
    inlineRefs: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats.default(ajv);
  // The compiler copies the schemas into its output; what is there for people need not be.
  const notes = ['$schema', 'title', 'description', 'examples'];
  for (const document of documents.values())
    ajv.addSchema(rewrite(document, documents, (_, reference) => reference, notes));
  const exported = ['action', 'actionResult', 'prediction', 'envelope', 'predictionEvent'];
  for (const entity of entitiesOf(documents)) exported.push(`${entity}Event`);
  const ids = Object.fromEntries(exported.sort().map((name) => [name, documents.get(name).$id]));
  const code = standalone.default(ajv, ids).replace(/^"use strict";/, '');
  return `// @ts-nocheck -- the output of a compiler\n/* eslint-disable */\n${banner}\n${code}\n`;
}
