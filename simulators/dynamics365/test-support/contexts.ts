import type { Receiver } from './receiver';

/** One entry of a collection. */
export interface Pair {
  readonly key: string;
  readonly value: unknown;
}
/** A row in a context. */
interface Entity {
  readonly __type?: string;
  readonly Attributes: readonly Pair[];
  readonly FormattedValues: readonly Pair[];
}
/** What a step is posted. */
export interface Context {
  readonly [name: string]: unknown;
  readonly InputParameters: readonly Pair[];
  readonly PreEntityImages: readonly Pair[];
  readonly PostEntityImages: readonly Pair[];
  readonly SharedVariables: readonly Pair[];
  readonly OwningExtension: Readonly<Record<string, unknown>>;
  readonly OperationCreatedOn: string;
  readonly ParentContext: Context;
}

/** The contexts that an endpoint has received. */
export const contextsOf = (receiver: Receiver): readonly Context[] =>
  receiver.received.map(({ body }) => JSON.parse(body) as Context);

/** The value of a key in a collection. */
export const valueOf = (pairs: readonly Pair[], key: string): unknown => pairs.find((pair) => pair.key === key)?.value;

/** The attributes of a row by name. */
export const attributes = (entity: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries((entity as Entity).Attributes.map(({ key, value }) => [key, value]));

/** The attributes of the Target. */
export const target = (context: Context): Readonly<Record<string, unknown>> =>
  attributes(valueOf(context.InputParameters, 'Target'));
