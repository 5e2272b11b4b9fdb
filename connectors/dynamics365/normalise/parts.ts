import type { ChangeKind, Provenance } from '../../../canonical-schema/event';
import { objectOf, ownOf, textOf } from '../../kit/json';
import { imageName, type Fields, type Headers } from '../native';
import { entriesOf, entryOf, flattenEntity, isEntity, isReference, recordIdOf } from './flatten';
import { idColumnOf } from './tables';
import { refuse } from '../../kit/canonical-event';

/** One record that a message is about. */
export interface MessageRecord {
  readonly nativeType: string;
  readonly recordId: string;
  readonly kind: ChangeKind;
  readonly gap: boolean;
  /** What the message itself says of the record; null for an emptied column. */
  readonly own: Fields;
  readonly changed: readonly string[];
  readonly before?: Fields;
  /** All that is known of the record after the message. */
  readonly fields: Fields;
  readonly provenance: Provenance['record'];
}

/** A record's table and id. */
export interface Key {
  readonly nativeType: string;
  readonly recordId: string;
}

interface Image {
  readonly fields: Fields;
  /** It holds all columns. */
  readonly isWhole: boolean;
}

/** What the platform adds to asynchronous steps by itself: the record's primary name, no image that anybody registered. */
const namesOnly = 'AsynchronousStepPrimaryName';

/** The parts of a context that say what happened to which record. */
export class Parts {
  readonly #body: Fields;
  readonly #headers: Headers;

  constructor(body: Fields, headers: Headers) {
    this.#body = body;
    this.#headers = headers;
  }

  /** An input parameter, as it came. */
  parameter(name: string): unknown {
    return entryOf(ownOf(this.#body, 'InputParameters'), name);
  }

  /** An output parameter, as it came. */
  output(name: string): unknown {
    return entryOf(ownOf(this.#body, 'OutputParameters'), name);
  }

  /** All input and output parameters. */
  parameters(): readonly (readonly [string, unknown])[] {
    return [...entriesOf(ownOf(this.#body, 'InputParameters')), ...entriesOf(ownOf(this.#body, 'OutputParameters'))];
  }

  /** The first parameter of those names that is an Entity, or plain columns, as who reads contexts by hand passes them on. */
  entity(...names: readonly string[]): Fields | undefined {
    const told = names.map((name) => this.parameter(name));
    const [plain] = told.filter(isColumns);
    return told.find(isEntity) ?? (plain === undefined ? undefined : { Attributes: plain });
  }

  /** The first parameter of those names that is an Entity or a reference to one. */
  target(...names: readonly string[]): Fields | undefined {
    const isTarget = (value: unknown): value is Fields => isEntity(value) || isReference(value);
    return names.map((name) => this.parameter(name)).find(isTarget);
  }

  /** The context's own word on its table; none where it says "none". */
  get table(): string | undefined {
    const told = textOf(ownOf(this.#body, 'PrimaryEntityName')) ?? this.#headers['x-ms-dynamics-entity-name'];
    return told === 'none' || told === '' ? undefined : told?.toLowerCase();
  }

  /** The context's own word on its record. */
  get id(): string | undefined {
    return recordIdOf(ownOf(this.#body, 'PrimaryEntityId'));
  }

  /** The key of an entity or a reference, or of the context where there is none. Throws Unmappable. */
  keyOf(told: Fields | undefined): Key {
    const nativeType = textOf(told === undefined ? undefined : ownOf(told, 'LogicalName')) ?? this.table;
    if (nativeType === undefined) {
      throw refuse('SBX_DYNAMICS365_RECORD', 'neither PrimaryEntityName nor the Target says which table it is about');
    }
    const recordId = this.#idOf(nativeType, told);
    if (recordId !== undefined) return { nativeType, recordId };
    throw refuse(
      'SBX_DYNAMICS365_RECORD',
      `neither PrimaryEntityId nor the Target says which ${nativeType} it is about: was the context cut?`,
    );
  }

  #idOf(nativeType: string, told: Fields | undefined): string | undefined {
    const ofTarget = told === undefined ? undefined : recordIdOf(ownOf(told, 'Id'));
    const column = idColumnOf(nativeType);
    return (
      ofTarget ??
      this.id ??
      (told === undefined ? undefined : recordIdOf(entryOf(ownOf(told, 'Attributes'), column))) ??
      recordIdOf(this.output('id')) ??
      // What Upsert made of a Target that an alternate key names.
      recordIdOf(ownOf(objectOf(this.output('Target')) ?? {}, 'Id')) ??
      [this.post, this.pre].map((image) => recordIdOf(image?.fields[column])).find((id) => id !== undefined)
    );
  }

  /** The record after the message, as far as images of the step tell it. */
  get post(): Image | undefined {
    return imageIn(ownOf(this.#body, 'PostEntityImages'));
  }

  /** The record before the message. */
  get pre(): Image | undefined {
    return imageIn(ownOf(this.#body, 'PreEntityImages'));
  }
}

function isColumns(value: unknown): value is Fields {
  const object = objectOf(value);
  const isOther = ['LogicalName', 'Id', '__type', 'Entities'].some((name) => ownOf(object ?? {}, name) !== undefined);
  return object !== undefined && !isOther && !isEntity(object) && Object.keys(object).length > 0;
}

function imageIn(images: unknown): Image | undefined {
  const told = entriesOf(images).filter(([, image]) => isEntity(image));
  if (told.length === 0) return undefined;
  // The name comes first, so that an image that somebody registered wins over it.
  const sorted = [...told].sort(([a], [b]) => Number(b === namesOnly) - Number(a === namesOnly));
  return {
    fields: Object.fromEntries(sorted.flatMap(([, image]) => Object.entries(flattenEntity(image as Fields)))),
    isWhole: told.some(([name]) => name === imageName),
  };
}

/** The entities or references of a collection parameter, whether a list or a collection object. */
export function membersOf(collection: unknown): readonly Fields[] {
  const list = Array.isArray(collection) ? collection : ownOf(objectOf(collection) ?? {}, 'Entities');
  return Array.isArray(list) ? list.filter((item): item is Fields => isEntity(item) || isReference(item)) : [];
}

/** The tables that a context is about: its own, that of its Target, those of what is associated with it. */
export function targetsOf(parts: Parts): readonly string[] {
  const told = [parts.target('Target'), ...membersOf(parts.parameter('RelatedEntities'))];
  const tables = [parts.table, ...told.map((one) => textOf(one?.LogicalName))];
  return [...new Set(tables.filter((table) => table !== undefined))];
}
