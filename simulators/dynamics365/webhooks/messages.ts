import { randomUUID } from 'node:crypto';
import type { Reference } from '../org/definitions';
import type { Org } from '../org/org';

/** Messages that steps can be registered for on a table. */
const tableMessages = ['Create', 'Update', 'Delete', 'Assign', 'SetState'];

/** Messages that concern no single table. */
const otherMessages = ['Associate', 'Disassociate'];

/** Puts the messages and their filters into an organisation, for steps to refer to. */
export const seedMessages = (org: Org): void => {
  const filter = (message: Reference, table: string): void => {
    org.seed('sdkmessagefilter', {
      sdkmessageid: message,
      primaryobjecttypecode: table,
      secondaryobjecttypecode: 'none',
    });
  };
  for (const name of [...tableMessages, ...otherMessages]) {
    const message: Reference = { table: 'sdkmessage', id: randomUUID() };
    org.seed('sdkmessage', { name, categoryname: null }, message.id);
    if (otherMessages.includes(name)) {
      filter(message, 'none');
      continue;
    }
    for (const { type } of org.tables) if (type.definition.isSystem !== true) filter(message, type.name);
  }
};
