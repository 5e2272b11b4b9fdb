import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { RecordOf } from '../canonical-schema/identity';
import type { Schema } from './schema';

/** What stands where something personal stood. */
export const erasedText = 'erased';

/** The cause of an event of which nothing is taken in. */
export const erasedCode = 'SBX_RECORD_ERASED';

/**
 * The keys of those of some records that were erased and not taken up again: nothing personal of them is kept. A table with a
 * column `key`. An erasure of before sources were kept holds in every CRM.
 */
export function erasedKeys(tenant: string, records: readonly RecordOf[]): RawBuilder<{ readonly key: string }> {
  return sql`(select distinct asked.source || '/' || asked.subject as key
    from unnest(${records.map(({ source }) => source)}::text[], ${records.map(({ subject }) => subject)}::text[])
      as asked (source, subject)
    join erased_records on erased_records.subject = asked.subject and erased_records.source in (asked.source, '')
    where tenant = ${tenant} and liftedat is null)`;
}

/** The same, read. */
export async function erasedAmong(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly RecordOf[],
): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set();
  const { rows } = await sql<{
    readonly key: string;
  }>`select key from ${erasedKeys(tenant, records)} as erased`.execute(database);
  return new Set(rows.map(({ key }) => key));
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
