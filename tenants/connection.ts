import type { AnyConnector, Mapping } from '../connectors/contract';
import type { Path } from './document';
import { durationMs } from './duration';
import { compileJsonata, ExpressionError } from './expression';
import { compileConfigSchema } from './schema';
import { resolveSecrets, type SecretSources } from './secrets';
import { type Finding, shapeFindings } from './shape-faults';
import { didYouMean } from './spelling';
import type { TenantConnection } from './tenant';
import base from './tenant.schema.json';

/** A connection as the file has it, once its shape was checked. */
export interface WrittenConnection {
  readonly connector: string;
  readonly subscribe: readonly string[];
  readonly start?: TenantConnection['start'];
  readonly onGap?: 'backfill' | 'halt';
  readonly maxInFlight?: number;
  readonly mapping?: Mapping;
  readonly [setting: string]: unknown;
}

const common = Object.keys(base.$defs.connection.properties);

const ownSettings = ({ configSchema }: AnyConnector): readonly string[] => Object.keys(configSchema.properties ?? {});

/** Keys of a connection that neither Signalbox nor its connector knows. */
export const unknownSettings = (path: Path, written: object, connector: AnyConnector): readonly Finding[] => {
  const known = [...new Set([...common, ...ownSettings(connector)])];
  return Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [...path, key],
      message: `"${key}" is not known here`,
      fix: didYouMean(key, known),
      target: { key: true },
    }));
};

/** What is wrong with the expressions of a mapping. */
export const mappingFindings = (path: Path, mapping: Mapping): readonly Finding[] =>
  Object.entries(mapping).flatMap(([entity, fields]) =>
    Object.entries(fields).flatMap(([field, source]) => {
      try {
        compileJsonata(source);
        return [];
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        const { message, fix, position } = error;
        return [{ path: [...path, entity, field], message, fix, target: { offset: position } }];
      }
    }),
  );

/** A connection with its secrets resolved and its configuration valid, or what is wrong with it. */
export const readConnection = (
  name: string,
  written: WrittenConnection,
  connector: AnyConnector,
  tenantFile: string,
  sources: SecretSources,
): { readonly connection?: TenantConnection; readonly findings: readonly Finding[] } => {
  const path = ['connections', name];
  const own = new Set(ownSettings(connector));
  const settings = Object.entries(written).filter(([key]) => own.has(key));
  const { value, missing } = resolveSecrets(Object.fromEntries(settings), tenantFile, sources);
  if (missing.length > 0) {
    return { findings: missing.map(({ path: within, ...rest }) => ({ path: [...path, ...within], ...rest })) };
  }
  const validate = compileConfigSchema(connector);
  if (!validate(value)) {
    const findings = shapeFindings(validate.errors ?? [], value);
    return { findings: findings.map((finding) => hideResolved(finding, path)) };
  }
  return {
    findings: [],
    connection: {
      name,
      connector: connector.name,
      config: value as Readonly<Record<string, unknown>>,
      streams: written.subscribe,
      start: written.start ?? 'latest',
      onGap: written.onGap ?? 'backfill',
      ...reconcileOf(connector, value),
      maxInFlight: written.maxInFlight ?? 100,
      mapping: written.mapping ?? {},
    },
  };
};

/** How often a connection reconciles, where it does: as its settings say, whatever their secrets are. */
export const reconcileOf = (connector: AnyConnector, config: unknown): Pick<TenantConnection, 'reconcile'> => {
  const reconcile = durationMs(connector.reconciles?.(config) ?? '');
  return reconcile === undefined ? {} : { reconcile };
};

/** What was written passed; so what a reference led to is wrong, and must not be shown. */
const hideResolved = ({ path, fix }: Finding, connection: Path): Finding => ({
  path: [...connection, ...path],
  message: 'what the reference leads to is not as it must be',
  fix: `correct what it refers to: ${fix}`,
});
