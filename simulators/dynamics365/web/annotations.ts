/** The preferences of a request: `a=1, b; c="x,y"` by name. */
export const readPreferences = (header: string | undefined): ReadonlyMap<string, string> => {
  const found = (header ?? '').matchAll(/([\w.-]+)\s*(?:=\s*("[^"]*"|[^\s,;]+))?/g);
  return new Map([...found].map(([, name = '', value = 'true']) => [name.toLowerCase(), value.replaceAll('"', '')]));
};

/** Which annotations a request wants: names, with `*` at the end for all that begin so. */
export class Annotations {
  readonly #patterns: readonly string[];

  constructor(preferences: ReadonlyMap<string, string>) {
    this.#patterns = (preferences.get('odata.include-annotations') ?? '').split(',').filter((name) => name !== '');
  }

  get isAny(): boolean {
    return this.#patterns.length > 0;
  }

  wants(name: string): boolean {
    return this.#patterns.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
  }
}

/** The value as people read it. */
export const formattedValue = 'OData.Community.Display.V1.FormattedValue';
/** The table a lookup points to. */
export const lookupLogicalName = 'Microsoft.Dynamics.CRM.lookuplogicalname';
/** The navigation property that leads there. */
export const navigationProperty = 'Microsoft.Dynamics.CRM.associatednavigationproperty';
