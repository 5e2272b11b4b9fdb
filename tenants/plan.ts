import { canonicalJson } from '../canonical-schema/canonical-json';
import { sha256Hex } from '../canonical-schema/sha256';
import type { AnyConnector } from '../connectors/contract';
import { withDefaults } from './schema';

/** One difference between two versions of a tenant's file. */
export interface TenantChange {
  readonly kind: 'add' | 'change' | 'remove';
  /** Where in the document: `useCases.lead-scoring.bands.hot`. */
  readonly path: string;
  /** As it is written; references stand in place of secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** What it means for events and engagements under way. */
  readonly means: string;
  /** Why it cannot be changed while events flow, and what to do instead. */
  readonly refused?: { readonly why: string; readonly fix: string };
}

interface Rule {
  readonly path: RegExp;
  readonly kinds?: readonly TenantChange['kind'][];
  readonly means: string;
  readonly refused?: TenantChange['refused'];
}

const goesOn = 'its streams are let run empty and opened again where they were: nothing is lost or doubled';

/** The first that fits tells what a change means. */
const rules: readonly Rule[] = [
  {
    path: /^partitions$/,
    means: 'events of one record would fall into another queue, and overtake those that wait in the old one',
    refused: {
      why: 'the order of events that wait would be lost',
      fix: 'stop every `ingest` process, wait until the queues sbx.lane.TENANT.N are empty, `signalbox apply --remove TENANT`, then apply the file again',
    },
  },
  {
    path: /^connections\.[^.]+\.(connector|transport)$/,
    kinds: ['change'],
    means: 'saved positions are of another kind',
    refused: {
      why: 'positions of the one cannot be read by the other, so events would be missing',
      fix: 'add a connection under another name, and remove this one once its events are decided',
    },
  },
  {
    path: /^connections\.[^.]+\.baseUrl$/,
    kinds: ['change'],
    means: `${goesOn}; if it is another organisation, its positions are unknown there and open a gap: use a new name for it`,
  },
  {
    path: /^connections\.[^.]+$/,
    kinds: ['add'],
    means: 'its streams are heard from now on, from `start` or a saved position',
  },
  {
    path: /^connections\.[^.]+$/,
    kinds: ['remove'],
    means:
      'it is heard no more; positions stay, what it told and had accepted is decided, and engagements under way wait to write until it is back',
  },
  {
    path: /^connections\.[^.]+\.subscribe\[/,
    kinds: ['add'],
    means: 'heard from now on, from `start` or a saved position',
  },
  {
    path: /^connections\.[^.]+\.subscribe\[/,
    kinds: ['remove'],
    means: 'heard no more; its position stays, what it told is decided',
  },
  { path: /^connections\.[^.]+\.mapping/, means: `events that are mapped from now on; ${goesOn}` },
  { path: /^connections\.[^.]+\.start/, means: 'counts for streams without a saved position only' },
  { path: /^connections\./, means: goesOn },
  { path: /^useCases\.[^.]+$/, kinds: ['add'], means: 'decides from the next batch of each lane on' },
  {
    path: /^useCases\.[^.]+$/,
    kinds: ['remove'],
    means: 'decides no more from the next batch on; open engagements end by their task or in time',
  },
  { path: /^useCases\.[^.]+\.challengers/, means: 'scored in shadow once every worker has opened it; decides nothing' },
  { path: /^useCases\.[^.]+\.learning/, means: 'counts from the next look on; a training under way ends as it began' },
  {
    path: /^useCases\.[^.]+\.model$/,
    means: 'each worker opens the model before it decides; a promoted model still goes first',
  },
  {
    path: /^useCases\./,
    means:
      'decisions from the next batch of each lane on, under another policy digest; engagements keep what they were told until their next decision',
  },
  {
    path: /^(timeZone|holidays)/,
    means:
      'counts from the next batch of each lane on, under other policy digests; the past of series is told by it, too, and what was decided stays',
  },
  { path: /^identity\.secret/, means: 'links only what is heard from now on: read the records again by a backfill' },
  { path: /^identity/, means: 'a record gets its keys with its next event' },
  { path: /^assistant/, means: 'counts for the next draft; what was drafted stays' },
  { path: /^retention/, means: 'counts from the next deletion on; what is deleted does not come back' },
  { path: /^$/, kinds: ['add'], means: 'its queues and lanes are made, then its connections are heard' },
  {
    path: /^$/,
    kinds: ['remove'],
    means:
      'it is heard and decided no more; waiting events and positions stay, the ledger keeps what its last retention says, engagements wait to write',
  },
];

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whole things that come or go in one line, not setting by setting. */
const isWhole = (path: string): boolean => path === '' || /^(connections|useCases|identity\.rules)\.[^.]+$/.test(path);

/** Lists whose order means nothing. */
const isSet = (path: string): boolean => /(\.subscribe|^holidays)$/.test(path);

const asNode = (value: unknown, path: string): Node | undefined => {
  if (isNode(value)) return value;
  if (!Array.isArray(value)) return undefined;
  return Object.fromEntries(
    value.map((item, index) => [isSet(path) ? `[${String(item)}]` : `[${index}]`, item as unknown]),
  );
};

const stepTo = (path: string, key: string): string =>
  path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`;

const told = (kind: TenantChange['kind'], path: string, before: unknown, after: unknown): TenantChange => {
  const rule = rules.find((one) => one.path.test(path) && (one.kinds?.includes(kind) ?? true));
  const values = isWhole(path) ? {} : { ...(kind !== 'add' && { before }), ...(kind !== 'remove' && { after }) };
  return {
    ...{ kind, path, ...values, means: rule?.means ?? 'counts from now on' },
    ...(rule?.refused === undefined ? {} : { refused: rule.refused }),
  };
};

const differences = (before: unknown, after: unknown, path: string): readonly TenantChange[] => {
  if (before === undefined) return [told('add', path, before, after)];
  if (after === undefined) return [told('remove', path, before, after)];
  const [ours, theirs] = [asNode(before, path), asNode(after, path)];
  if (ours === undefined || theirs === undefined) {
    return canonicalJson(before) === canonicalJson(after) ? [] : [told('change', path, before, after)];
  }
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return keys.flatMap((key) => differences(ours[key], theirs[key], stepTo(path, key)));
};

/**
 * What leads from one version of a tenant's document to another, in the order of the first. Comments, order of keys and
 * defaults that are written out are no change.
 * @param before undefined where the tenant is new; after is undefined where it is to be removed
 */
export const planTenant = (
  before: unknown,
  after: unknown,
  connectors: readonly AnyConnector[],
): readonly TenantChange[] => {
  const filled = (document: unknown): unknown =>
    document === undefined ? undefined : withDefaults(document, connectors);
  if (before === undefined && after === undefined) return [];
  return differences(filled(before), filled(after), '');
};

/** The same for every way of writing the same document. */
export const documentDigest = (document: unknown, connectors: readonly AnyConnector[]): string =>
  `sha256:${sha256Hex(canonicalJson(withDefaults(document, connectors)))}`;

const signs = { add: '+', change: '~', remove: '-' } as const;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `~ useCases.lead-scoring.bands.hot: 0.5 -> 0.6`. */
export const changeText = ({ kind, path, before, after }: TenantChange): string => {
  const values = [before, after].filter((value) => value !== undefined).map(shown);
  return `${signs[kind]} ${path === '' ? 'the tenant' : path}${values.length === 0 ? '' : `: ${values.join(' -> ')}`}`;
};
