import type { ChangeKind } from '../../../canonical-schema/event';
import { ownOf } from '../../kit/json';
import type { Fields, RowNative } from '../native';
import { instantOf } from './dates';
import { flattenRow, recordIdOf } from './flatten';
import { idColumnOf } from './tables';
import { refuse } from '../../kit/canonical-event';
import { orderWithin, type Told, versionOf } from './told';

/** A row of the Web API: the record's state at its last change, or that it is gone. Throws Unmappable. */
export function rowTold({ nativeType, row, isDeleted: isGone, readAt, message = '' }: RowNative): Told {
  const isDeleted = isGone === true || message === 'Delete';
  const flat = flattenRow(row);
  const recordId = recordIdOf(flat[idColumnOf(nativeType)]) ?? recordIdOf(flat.id);
  if (recordId === undefined) {
    throw refuse('SBX_DYNAMICS365_RECORD', `a row of ${nativeType} without ${idColumnOf(nativeType)}: select it too`);
  }
  const time = timeOf(flat, isDeleted) ?? instantOf(readAt);
  if (time === undefined) throw untimed(`${nativeType} ${recordId}`, isDeleted);
  const version = versionOf(flat.versionnumber) ?? versionOf(ownOf(row, '@odata.etag'));
  const base = { ...plain, nativeType, recordId, time, sequence: orderWithin(version, time), fields: flat };
  if (isDeleted) return { ...base, kind: 'deleted', identity: ['row', nativeType, 'deleted'], provenance: 'partial' };
  return { ...base, ...whatHappened(message, nativeType, version ?? time), provenance: 'event' };
}

function whatHappened(message: string, nativeType: string, state: string): Pick<Told, 'kind' | 'identity'> {
  const kind = kinds.get(message);
  return kind === undefined
    ? { kind: 'observed', identity: ['row', nativeType, state] }
    : { kind, identity: ['row', nativeType, kind, state] };
}

function untimed(what: string, isDeleted: boolean): Error {
  const lack = isDeleted
    ? 'is gone, and nothing tells since when: capture the HTTP message with its Date'
    : 'has neither modifiedon nor createdon: select one too';
  return refuse('SBX_DYNAMICS365_TIME', `${what} ${lack}`);
}

/** What became of a row that was told because of it. Which columns changed is not said. */
const kinds: ReadonlyMap<string, ChangeKind> = new Map([
  ['Create', 'created'],
  ['Update', 'updated'],
]);

/** What all rows have in common. A query of a few columns is a part of a record, and does not say so. */
const plain = { gap: false, origin: 'external', changed: [], nulled: [] } as const;

/** A row that is gone was changed at another time than it was deleted. */
function timeOf({ modifiedon, createdon }: Fields, isDeleted: boolean): string | undefined {
  return isDeleted ? undefined : instantOf(modifiedon ?? createdon);
}
