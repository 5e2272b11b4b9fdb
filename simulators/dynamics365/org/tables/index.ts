import type { RelationshipDefinition, TableDefinition } from '../definitions';
import { people } from './people';
import { platform } from './platform';
import { work } from './work';

/** The tables of every organisation. */
export const standardTables: readonly TableDefinition[] = [...people, ...work, ...platform];

/** The many-to-many relationships of every organisation. */
export const standardRelationships: readonly RelationshipDefinition[] = [
  { name: 'accountleads_association', tables: ['account', 'lead'] },
  { name: 'contactleads_association', tables: ['contact', 'lead'] },
];
