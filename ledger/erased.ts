import { sql, type Kysely } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import type { CanonicalEvent } from '../canonical-schema/event';
import { anyOf } from './columns';
import type { Schema } from './schema';

/** What stands where something personal stood. */
export const erasedText = 'erased';

/** The cause of an event of which nothing is taken in. */
export const erasedCode = 'SBX_RECORD_ERASED';

/** Those of the subjects that were erased and not taken up again: nothing personal of them is kept. */
export async function erasedAmong(
  database: Kysely<Schema>,
  tenant: string,
  subjects: readonly string[],
): Promise<ReadonlySet<string>> {
  if (subjects.length === 0) return new Set();
  const rows = await database
    .selectFrom('erased_records')
    .select('subject')
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(subjects))
    .where('liftedat', 'is', null)
    .execute();
  return new Set(rows.map(({ subject }) => subject));
}

/** That something happened to a record and when, and nothing of what: the envelope, the kind of change and the CRM's id. */
export function withoutContent(event: CanonicalEvent): CanonicalEvent {
  const { entity, change, record } = event.data;
  const { id, nativeType } = record;
  return {
    ...event,
    data: {
      entity,
      change: { kind: change.kind, fields: [] },
      record: { id, nativeType },
      native: {},
      provenance: { record: 'missing' },
    },
  };
}

/** What kind of thing was done to which record, and nothing of what it said. */
export function withoutTexts(action: Action): Action {
  switch (action.kind) {
    case 'create-task': {
      const { priority } = action.task;
      return { ...action, task: { subject: erasedText, description: erasedText, priority } };
    }
    case 'update-task':
      return { ...action, task: {} };
    case 'close-task':
      return { ...action, description: erasedText };
    case 'set-fields': {
      const { fields } = action;
      return { ...action, fields: Object.fromEntries(Object.keys(fields).map((field) => [field, erasedText])) };
    }
    case 'add-note':
      return { ...action, note: { title: erasedText, text: erasedText } };
    case 'create-case': {
      const { priority } = action.case;
      return { ...action, case: { subject: erasedText, description: erasedText, priority } };
    }
    case 'update-case': {
      const { priority } = action.case;
      return { ...action, case: { subject: erasedText, description: erasedText, priority } };
    }
    case 'add-to-queue':
      return action;
  }
}

/** Whether the CRM took it and as what, and nothing else of its answer. */
export function withoutAnswer(result: ActionResult): ActionResult {
  if (result.outcome === 'failed') return { ...result, message: erasedText, answer: null };
  return { ...result, answer: null };
}

/** What of a decision's row is emptied. What is left: that it was made, when, on which event, by which model and policy. */
export const emptiedDecision = sql`because = ${erasedText}, score = null, band = null, ranking = null, reasons = '[]',
  contributions = '{}', intercept = null, features = '{}', related = null, relatedfrom = null, propensity = null`;
