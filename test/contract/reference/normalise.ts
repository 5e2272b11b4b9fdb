import type { CanonicalEvent, ChangeKind } from '../../../canonical-schema/event';
import {
  dataSchemaOf,
  eventSource,
  eventType,
  partitionKey,
  sequenceOf,
  stableId,
  subjectOf,
} from '../../../canonical-schema/identity';
import { isoFromText } from '../../../canonical-schema/time';
import { type NormaliseContext, Unmappable } from '../../../connectors/contract';
import { compileMapping } from '../../../connectors/kit/mapping';
import type { AcmeNative } from './crm';

/** The writer that a sink names, so that its own changes are known. */
export const ownClient = 'Signalbox';

const builtIn = { lead: { lastName: 'name', company: 'company' } };
const kinds = { created: 'created', updated: 'updated', gap: 'updated', overflow: 'overflowed' } as const;

/** A native, or Unmappable naming what is wrong with it. */
export function readNative(payload: unknown): AcmeNative {
  const native = (typeof payload === 'object' ? payload : null) as Partial<AcmeNative> | null;
  if (native === null) throw new Unmappable('SBX_ACME_NATIVE', 'not an object');
  const isRight: { readonly [P in keyof AcmeNative]: boolean } = {
    kind: typeof native.kind === 'string' && Object.hasOwn(kinds, native.kind),
    n: Number.isSafeInteger(native.n) && Number(native.n) >= 0,
    ids: isIds(native.ids),
    at: typeof native.at === 'string' && isoFromText(native.at) !== undefined,
    client: typeof native.client === 'string',
    fields: isFields(native.fields),
  };
  const wrong = Object.entries(isRight).find(([, right]) => !right);
  if (wrong !== undefined)
    throw new Unmappable('SBX_ACME_NATIVE', `not a change of the reference CRM: ${wrong[0]} is wrong`);
  return native as AcmeNative;
}

function isIds(ids: unknown): boolean {
  if (!Array.isArray(ids) || new Set(ids).size < ids.length) return false;
  return ids.every((id) => typeof id === 'string' && id !== '');
}

function isFields(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields) && !Object.hasOwn(fields, '');
}

/** One event per record of the native. */
export async function normalise(native: AcmeNative, context: NormaliseContext): Promise<readonly CanonicalEvent[]> {
  const ids = native.kind === 'overflow' ? ['*'] : native.ids;
  const mapping = compileMapping(context.mapping, builtIn);
  const values = Object.entries(await mapping.evaluate('lead', native.fields));
  // What is no text cannot be a name: it stays among the native fields.
  const texts = values.filter(
    ([field, value]) => Object.hasOwn(builtIn.lead, field) && typeof value === 'string' && value !== '',
  );
  const attributes = Object.fromEntries(values.filter(([field]) => !Object.hasOwn(builtIn.lead, field)));
  const used = new Set(
    [...texts.map(([field]) => field), ...Object.keys(attributes)].flatMap(
      (field) => mapping.reads('lead').get(field) ?? [],
    ),
  );
  const unused = Object.fromEntries(Object.entries(native.fields).filter(([name]) => !used.has(name)));
  return ids.map((id) => {
    const kind: ChangeKind = kinds[native.kind];
    const isGap = native.kind === 'gap';
    return {
      specversion: '1.0',
      id: stableId(context.tenant, 'acme', context.org, String(native.n), id),
      source: eventSource(context.tenant, 'acme', context.org),
      type: eventType('lead', kind),
      subject: subjectOf('lead', id),
      time: isoFromText(native.at) ?? native.at,
      datacontenttype: 'application/json',
      dataschema: dataSchemaOf('lead'),
      tenantid: context.tenant,
      connection: context.connection,
      partitionkey: partitionKey(context.tenant, 'acme', 'lead', id),
      sequence: sequenceOf(native.n),
      origin: native.client === ownClient ? 'self' : 'external',
      data: {
        entity: 'lead',
        change: { kind, fields: kind === 'updated' ? Object.keys(native.fields) : [], ...(isGap ? { gap: true } : {}) },
        record: {
          id,
          nativeType: 'Lead',
          ...Object.fromEntries(texts),
          ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
        },
        native: unused,
        provenance: { record: isGap ? 'missing' : 'event' },
      },
    };
  });
}
