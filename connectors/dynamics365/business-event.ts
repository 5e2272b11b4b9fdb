import { ownOf, textOf } from '../kit/json';
import type { Fields } from './native';

/** What Finance and Operations writes where there is nothing: its first day, and no GUID. */
const nothing = /^(?:|\/Date\(-2208988800000\)\/|1900-01-01T00:00:00(?:\.0+)?Z|\{?0{8}(?:-0{4}){3}-0{12}\}?)$/;

/** Members that say when, by whom and which, not what. */
const frame = new Set(['BusinessEventId', 'EventId', 'EventTime', 'EventTimeIso8601', 'InitiatingUserAADObjectId']);

/**
 * A business event of Finance and Operations as the context of a message of its name, which was given the event's members.
 * Undefined for what is none.
 */
export function contextOfBusinessEvent(event: Fields): Fields | undefined {
  const name = textOf(ownOf(event, 'BusinessEventId'));
  if (name === undefined) return undefined;
  const told = Object.entries(event).filter(
    ([member, value]) => !frame.has(member) && value !== null && !(typeof value === 'string' && nothing.test(value)),
  );
  return {
    MessageName: name,
    PrimaryEntityName: 'none',
    OperationId: ownOf(event, 'EventId'),
    OperationCreatedOn: ownOf(event, 'EventTimeIso8601') ?? ownOf(event, 'EventTime'),
    InitiatingUserId: ownOf(event, 'InitiatingUserAADObjectId'),
    InputParameters: told.map(([key, value]) => ({ key, value })),
  };
}
