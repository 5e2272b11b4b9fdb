import { isCompound, type FieldDefinition, type ObjectDefinition, type Value } from './definitions';
import { audit, owner, systemFields, text } from './field-kinds';

/** A record's values by field name; a field that is absent is null. Compounds have no value of their own. */
export type Values = Record<string, Value>;

const isCustom = (name: string): boolean => name.endsWith('__c');

/** A custom geolocation `X__c` is stored in two number fields, `X__Latitude__s` and `X__Longitude__s`. */
const withParts = (field: FieldDefinition): readonly FieldDefinition[] => {
  if (field.type !== 'location') return [field];
  const part = (name: string): FieldDefinition => ({
    name: `${field.name.slice(0, -3)}__${name}__s`,
    type: 'double',
    compound: field.name,
    part: name,
  });
  return [{ ...field, readOnly: true }, part('Latitude'), part('Longitude')];
};

/** Custom objects get an owner, a name and the audit fields in the order of the captured custom schemas. */
const withStandardFields = (definition: ObjectDefinition): readonly FieldDefinition[] => {
  if (!isCustom(definition.name)) return definition.fields;
  const given = new Set(definition.fields.map((field) => field.name));
  const standard = [owner(), text('Name', 80), ...audit()].filter((field) => !given.has(field.name));
  return [...standard, ...definition.fields];
};

/** An object definition made ready for use: system fields added, fields found by name in any case. */
export class ObjectType {
  readonly name: string;
  readonly keyPrefix: string;
  readonly label: string;
  readonly custom: boolean;
  readonly hasChangeEvents: boolean;
  /** All fields, system fields last. */
  readonly fields: readonly FieldDefinition[];
  /** Compound fields with the names of their parts' fields, by the part's own name. */
  readonly compounds: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Names of the fields that a record cannot be without. */
  readonly required: readonly string[];
  /** The values of a new record before the caller's are laid over them. */
  readonly defaults: Readonly<Values>;
  /** Unique and external id fields, which are indexed. */
  readonly indexed: readonly FieldDefinition[];
  readonly #byName: ReadonlyMap<string, FieldDefinition>;

  constructor(readonly definition: ObjectDefinition) {
    this.name = definition.name;
    this.keyPrefix = definition.keyPrefix;
    this.label = definition.label ?? definition.name.replace(/__c$/, '').replaceAll('_', ' ');
    this.custom = isCustom(definition.name);
    this.hasChangeEvents = definition.changeEvents ?? true;
    this.fields = [...withStandardFields(definition).flatMap(withParts), ...systemFields()];
    this.indexed = this.fields.filter((field) => field.unique === true || field.externalId === true);
    this.required = this.fields.filter((field) => field.required === true).map((field) => field.name);
    this.defaults = Object.fromEntries(
      this.fields.flatMap((field) => (field.default === undefined ? [] : [[field.name, field.default]])),
    );
    this.#byName = new Map(this.fields.map((field) => [field.name.toLowerCase(), field]));
    this.compounds = new Map(
      this.fields.filter(isCompound).map((compound) => {
        const parts = this.fields.filter((field) => field.compound === compound.name);
        return [compound.name, new Map(parts.map((field) => [field.part ?? field.name, field.name]))];
      }),
    );
  }

  /** Finds a field by name, in any case as Salesforce does. */
  field(name: string): FieldDefinition | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  /** The event name of its change events: `LeadChangeEvent`, `Job__ChangeEvent`. */
  get changeEventName(): string {
    return this.custom ? `${this.name.slice(0, -3)}__ChangeEvent` : `${this.name}ChangeEvent`;
  }

  /** The relationship name of a reference field: `Owner` for OwnerId, `Job__r` for Job__c. */
  static relationshipName(field: FieldDefinition): string {
    return field.name.endsWith('__c') ? `${field.name.slice(0, -3)}__r` : field.name.replace(/Id$/, '');
  }
}
