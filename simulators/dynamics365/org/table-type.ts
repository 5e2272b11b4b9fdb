import type { AttributeDefinition, Choice, LookupTarget, StateDefinition, TableDefinition } from './definitions';

/** Active and Inactive, as most tables have them. */
const usualStates: readonly StateDefinition[] = [
  { value: 0, label: 'Active', statuses: [{ value: 1, label: 'Active' }] },
  { value: 1, label: 'Inactive', statuses: [{ value: 2, label: 'Inactive' }] },
];

const to = (table: string, navigation: string): LookupTarget => ({ table, navigation });

const user = (name: string): AttributeDefinition => ({
  name,
  type: 'Lookup',
  readOnly: true,
  targets: [to('systemuser', name)],
});

const moment = (name: string, label: string): AttributeDefinition => ({
  name,
  type: 'DateTime',
  readOnly: true,
  label,
});

const owned = (definition: TableDefinition): readonly AttributeDefinition[] => {
  if (definition.isOwned === false) return [];
  const navigation = definition.isActivity === true ? ['ownerid', `ownerid_${definition.name}`] : ['ownerid'];
  return [
    {
      name: 'ownerid',
      type: 'Owner',
      label: 'Owner',
      targets: navigation.flatMap((name) => [to('systemuser', name), to('team', name)]),
    },
    { name: 'owninguser', type: 'Lookup', readOnly: true, targets: [to('systemuser', 'owninguser')] },
    { name: 'owningteam', type: 'Lookup', readOnly: true, targets: [to('team', 'owningteam')] },
    { name: 'owningbusinessunit', type: 'Lookup', readOnly: true, targets: [to('businessunit', 'owningbusinessunit')] },
  ];
};

const stated = (states: readonly StateDefinition[]): readonly AttributeDefinition[] =>
  states.length === 0
    ? []
    : [
        { name: 'statecode', type: 'State', label: 'Status', options: states },
        {
          name: 'statuscode',
          type: 'Status',
          label: 'Status Reason',
          options: states.flatMap((state) => state.statuses),
        },
      ];

const common = (definition: TableDefinition, states: readonly StateDefinition[]): readonly AttributeDefinition[] => [
  { name: definition.id ?? `${definition.name}id`, type: 'Uniqueidentifier' },
  moment('createdon', 'Created On'),
  moment('modifiedon', 'Modified On'),
  ...['createdby', 'createdonbehalfby', 'modifiedby', 'modifiedonbehalfby'].map(user),
  ...owned(definition),
  ...stated(states),
  ...(definition.isActivity === true
    ? [{ name: 'activitytypecode', type: 'EntityName' as const, readOnly: true, default: definition.name }]
    : []),
  { name: 'versionnumber', type: 'BigInt', readOnly: true },
];

/** A table's shape with the columns that every table has. */
export class TableType {
  readonly name: string;
  readonly set: string;
  /** Primary id column. */
  readonly id: string;
  readonly primaryName: string;
  readonly states: readonly StateDefinition[];
  readonly attributes: readonly AttributeDefinition[];
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly #byName: ReadonlyMap<string, AttributeDefinition>;
  readonly #navigation = new Map<string, { attribute: AttributeDefinition; tables: string[] }>();

  constructor(readonly definition: TableDefinition) {
    this.name = definition.name;
    this.set = definition.set;
    this.id = definition.id ?? `${definition.name}id`;
    this.primaryName = definition.primaryName;
    this.keys = definition.keys ?? {};
    this.states = definition.states ?? usualStates;
    const own = new Set(definition.attributes.map(({ name }) => name));
    this.attributes = [
      ...common(definition, this.states).filter(({ name }) => !own.has(name)),
      ...definition.attributes,
    ];
    this.#byName = new Map(this.attributes.map((attribute) => [attribute.name, attribute]));
    for (const attribute of this.attributes) {
      for (const { navigation, table } of attribute.targets ?? []) {
        const known = this.#navigation.get(navigation);
        if (known === undefined) this.#navigation.set(navigation, { attribute, tables: [table] });
        else known.tables.push(table);
      }
    }
  }

  attribute(name: string): AttributeDefinition | undefined {
    return this.#byName.get(name);
  }

  /** The lookup behind a single-valued navigation property, with the tables it leads to. */
  navigation(
    name: string,
  ): { readonly attribute: AttributeDefinition; readonly tables: readonly string[] } | undefined {
    return this.#navigation.get(name);
  }

  /** The first status of a state. */
  defaultStatus(state: number): number | undefined {
    return this.states.find(({ value }) => value === state)?.statuses[0]?.value;
  }

  /** The state a status belongs to. */
  stateOf(status: number): StateDefinition | undefined {
    return this.states.find(({ statuses }) => statuses.some(({ value }) => value === status));
  }

  /** Labels of a choice or Boolean column. */
  options(attribute: AttributeDefinition): readonly Choice[] {
    if (attribute.type !== 'Boolean') return attribute.options ?? [];
    return (
      attribute.options ?? [
        { value: 0, label: 'No' },
        { value: 1, label: 'Yes' },
      ]
    );
  }
}
