import { canonicalJson } from '../../../canonical-schema/canonical-json';
import { stableId } from '../../../canonical-schema/identity';
import { objectOf, ownOf, textOf } from '../../kit/json';
import { callTag, type ContextNative, type Fields } from '../native';
import { instantOf } from './dates';
import { entryOf, flattenValue, recordIdOf } from './flatten';
import { recordsOf } from './messages';
import { type MessageRecord, Parts } from './parts';
import { refuse } from '../../kit/canonical-event';
import { orderWithin, type Told, versionOf } from './told';

/** How many contexts within contexts are searched for the tag: each plug-in that reacts to another adds one. */
const longestChain = 32;

/** A RemoteExecutionContext as what it tells about each of its records. Throws Unmappable. */
export function contextTold({ body, headers, ownUser }: ContextNative): readonly Told[] {
  const message = textOf(ownOf(body, 'MessageName')) ?? textOf(headers['x-ms-dynamics-request-name']);
  if (message === undefined) {
    throw refuse('SBX_DYNAMICS365_MESSAGE', 'a context without its MessageName: what happened cannot be told');
  }
  const operation = operationOf(body);
  const frame = { body, message, operation, origin: originOf(body, ownUser) };
  const records = recordsOf(new Parts(body, headers), message, stableId(...operation.identity));
  return records.map((record) => toldOf(record, frame));
}

interface Frame {
  readonly body: Fields;
  readonly message: string;
  readonly operation: Operation;
  readonly origin: Told['origin'];
}

function toldOf(record: MessageRecord, { body, message, operation, origin }: Frame): Told {
  const { fields, nativeType, recordId, kind, gap, own, changed, before, provenance } = record;
  const by = recordIdOf(ownOf(body, 'InitiatingUserId')) ?? recordIdOf(ownOf(body, 'UserId'));
  // A deletion's image is of before: the record's own time and version are not the deletion's.
  const isAfter = kind !== 'deleted';
  const time = (isAfter ? instantOf(fields.modifiedon) : undefined) ?? operation.time;
  if (time === undefined) {
    throw refuse('SBX_DYNAMICS365_TIME', `${message} of ${nativeType} has neither OperationCreatedOn nor modifiedon`);
  }
  return {
    nativeType,
    recordId,
    kind,
    gap,
    identity: ['context', ...operation.identity, message, nativeType],
    time,
    sequence: orderWithin(isAfter ? versionOf(fields.versionnumber) : undefined, operation.time ?? time),
    ...(by === undefined ? {} : { by }),
    ...(operation.transaction === undefined ? {} : { transaction: operation.transaction }),
    origin,
    changed,
    nulled: changed.filter((name) => own[name] === null),
    ...(before === undefined ? {} : { before }),
    fields,
    provenance,
  };
}

interface Operation {
  /** The same when the same post comes again. */
  readonly identity: readonly string[];
  readonly time: string | undefined;
  readonly transaction?: { readonly id: string; readonly sequence: number };
}

/**
 * What makes an operation itself: its own id (a retried post repeats it), the step that told it, its stage and depth. A context
 * without any id is known by all that it says.
 */
function operationOf(body: Fields): Operation {
  const idIn = (name: string): string | undefined => recordIdOf(ownOf(body, name));
  const correlation = idIn('CorrelationId');
  const own = idIn('OperationId') ?? idIn('RequestId') ?? correlation;
  const step = recordIdOf(ownOf(objectOf(ownOf(body, 'OwningExtension')) ?? {}, 'Id')) ?? '';
  const depth = ownOf(body, 'Depth');
  const sequence = Number.isSafeInteger(depth) && (depth as number) >= 0 ? (depth as number) : 0;
  return {
    identity:
      own === undefined
        ? ['content', canonicalJson(body)]
        : [own, step, wordOf(ownOf(body, 'Stage')), wordOf(ownOf(body, 'Depth'))],
    time: instantOf(flattenValue(ownOf(body, 'OperationCreatedOn'))),
    ...(correlation === undefined ? {} : { transaction: { id: correlation, sequence } }),
  };
}

/** An own write carries the tag of its call, in this context or in one that it happened within. */
function originOf(body: Fields, ownUser: string | undefined): Told['origin'] {
  if (ownUser !== undefined && recordIdOf(ownOf(body, 'InitiatingUserId')) === ownUser) return 'self';
  let context: Fields | undefined = body;
  for (let depth = 0; context !== undefined && depth < longestChain; depth++) {
    if (entryOf(ownOf(context, 'SharedVariables'), 'tag') === callTag) return 'self';
    context = objectOf(ownOf(context, 'ParentContext'));
  }
  return 'external';
}

/** The value as JSON text where it is a text or a number, else empty: a part of an identity. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
