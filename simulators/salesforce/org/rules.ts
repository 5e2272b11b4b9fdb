import type { Table } from './table';
import type { Values } from './object-type';
import { Refusal } from './refusal';

/** What the rules may look up while a record is written. */
export interface Lookup {
  readonly tableOfId: (id: string) => Table | undefined;
  readonly now: number;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const today = (now: number): string => new Date(now).toISOString().slice(0, 10);

const accountOf = (values: Values, lookup: Lookup): string | null => {
  for (const id of [text(values['WhatId']), text(values['WhoId'])]) {
    if (id === '') continue;
    if (id.startsWith('001')) return id;
    const account = lookup.tableOfId(id)?.get(id)?.values['AccountId'];
    if (typeof account === 'string') return account;
  }
  return null;
};

const task = (values: Values, before: Values | undefined, lookup: Lookup): void => {
  if (text(values['WhoId']).startsWith('00Q') && text(values['WhatId']) !== '') {
    throw new Refusal(400, 'FIELD_INTEGRITY_EXCEPTION', 'Related To ID: cannot be set when Name is a lead', ['WhatId']);
  }
  values['AccountId'] = accountOf(values, lookup);
  values['IsHighPriority'] = values['Priority'] === 'High';
  const closed = values['Status'] === 'Completed';
  const wasClosed = before?.['IsClosed'] === true;
  values['IsClosed'] = closed;
  if (closed && !wasClosed) values['CompletedDateTime'] = lookup.now;
  if (!closed) values['CompletedDateTime'] = null;
};

const opportunity = (values: Values): void => {
  const won = values['StageName'] === 'Closed Won';
  const closed = won || values['StageName'] === 'Closed Lost';
  values['IsWon'] = won;
  values['IsClosed'] = closed;
  if (closed) values['Probability'] = won ? 100 : 0;
  const { Amount: amount, Probability: probability } = values;
  values['ExpectedRevenue'] =
    typeof amount === 'number' && typeof probability === 'number' ? (amount * probability) / 100 : null;
};

const supportCase = (values: Values, before: Values | undefined, lookup: Lookup): void => {
  const closed = values['Status'] === 'Closed';
  if (closed && before?.['IsClosed'] !== true) values['ClosedDate'] = lookup.now;
  if (!closed) values['ClosedDate'] = null;
  values['IsClosed'] = closed;
};

const lead = (values: Values, before: Values | undefined, lookup: Lookup): void => {
  if (before?.['IsConverted'] === true && values['IsConverted'] === true) {
    throw new Refusal(400, 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
  if (values['IsConverted'] === true) {
    values['ConvertedDate'] ??= today(lookup.now);
    values['IsUnreadByOwner'] = false;
  }
};

const byObject: Readonly<Record<string, (values: Values, before: Values | undefined, lookup: Lookup) => void>> = {
  Task: task,
  Opportunity: opportunity,
  Case: supportCase,
  Lead: lead,
};

/**
 * Applies what an object derives or forbids, to the values about to be stored.
 * @throws Refusal where the real object refuses the combination.
 */
export const applyRules = (object: string, values: Values, before: Values | undefined, lookup: Lookup): void => {
  byObject[object]?.(values, before, lookup);
};
