/** Edm types that the services use, by their JSON form in OData V2. */
export type Kind =
  'String' | 'Boolean' | 'Int32' | 'Decimal' | 'DateTime' | 'DateTimeOffset' | 'Time' | 'Guid' | 'Binary';

/** A property of an entity type. */
export interface Property {
  readonly name: string;
  readonly kind: Kind;
  /** Characters; of decimals, digits. */
  readonly maxLength?: number;
  readonly scale?: number;
  /** `sap:creatable="false"` and `sap:updatable="false"`: set by the system alone. */
  readonly readOnly: boolean;
  /** Read-only by the metadata, and taken nevertheless. */
  readonly taken: boolean;
  /** Text that the c4codata service shows as an object with a language. */
  readonly localised: boolean;
  readonly key: boolean;
}

/** A navigation to the rows of another set that agree in some properties. */
export interface Navigation {
  readonly name: string;
  readonly to: string;
  readonly many: boolean;
  /** Pairs of a property here and one there. */
  readonly on: readonly (readonly [string, string])[];
}

/** An entity set with its type. */
export interface EntityType {
  readonly set: string;
  readonly name: string;
  readonly properties: readonly Property[];
  readonly navigations: readonly Navigation[];
  /** Rows carry an ETag; where the service demands it, changes need If-Match. */
  readonly etag: boolean;
  readonly deletable: boolean;
}

/** An OData service. */
export interface ServiceModel {
  /** Path without the slash at the end. */
  readonly path: string;
  readonly namespace: string;
  readonly types: readonly EntityType[];
}

const kinds: readonly Kind[] = [
  'String',
  'Boolean',
  'Int32',
  'Decimal',
  'DateTime',
  'DateTimeOffset',
  'Time',
  'Guid',
  'Binary',
];

/** Reads `Name Kind(length,scale) key readonly taken text`. @throws where the kind is unknown */
const property = (line: string): Property => {
  const [name = '', type = '', ...flags] = line.split(/\s+/);
  const [, kind, length, scale] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?$/.exec(type) ?? [];
  const known = kinds.find((each) => each === kind);
  if (known === undefined) throw new Error(`property '${line}' has no Edm type of ${kinds.join(', ')}`);
  return {
    name,
    kind: known,
    ...(length === undefined ? {} : { maxLength: Number(length) }),
    ...(scale === undefined ? {} : { scale: Number(scale) }),
    key: flags.includes('key'),
    readOnly: flags.includes('readonly'),
    taken: flags.includes('taken'),
    localised: flags.includes('text'),
  };
};

/** Reads one property per line. */
export const properties = (text: string): readonly Property[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(property);

/** The names of the key, in order. */
export const keyOf = (type: EntityType): readonly string[] =>
  type.properties.filter(({ key }) => key).map(({ name }) => name);
