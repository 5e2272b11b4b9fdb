import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AnyConnector, Mapping } from '../connectors/contract';
import { readAssistant, toAssistant, type WrittenAssistant } from './assistant';
import { calendarFindings, toCalendar, type WrittenCalendar } from './calendar';
import { withCatalogue } from './catalogue';
import { mappingFindings, readConnection, unknownSettings, type WrittenConnection } from './connection';
import { readTenantDocument, pathText, type TenantDocument } from './document';
import { type Fault, TenantFaults } from './faults';
import { readIdentity, toIdentity, type WrittenIdentity } from './identity';
import { compileTenantSchema } from './schema';
import type { SecretSources } from './secrets';
import { type Finding, shapeFindings } from './shape-faults';
import { rhythmRetentionFindings } from './rhythm';
import { toRetention, type WrittenRetention } from './retention';
import type { Tenant, TenantConnection } from './tenant';
import { toUseCase } from './to-use-case';
import { entityOf, type KnownModels, useCaseFindings } from './use-case';
import type { WrittenUseCase } from './written';

/** What a tenant's file is read with. */
export interface LoadOptions extends Partial<SecretSources> {
  /** Those of the registry. */
  readonly connectors: readonly AnyConnector[];
  readonly models: KnownModels;
}

interface WrittenTenant extends WrittenCalendar {
  readonly tenant: string;
  readonly partitions?: number;
  readonly connections: Readonly<Record<string, WrittenConnection>>;
  readonly useCases?: Readonly<Record<string, WrittenUseCase>>;
  readonly retention?: WrittenRetention;
  readonly identity?: WrittenIdentity;
  readonly assistant?: WrittenAssistant;
}

const readText = (path: string): string => readFileSync(path, 'utf8');

const toFault =
  (file: string, document: TenantDocument) =>
  ({ path, message, fix, target }: Finding): Fault => ({
    file,
    ...document.place(path, target),
    path: pathText(path),
    message,
    fix,
  });

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys of connections that nobody knows: JSON Schema would blame the known ones beside them too. */
const connectionKeyFindings = (value: unknown, connectors: readonly AnyConnector[]): readonly Finding[] =>
  Object.entries(isMap(value) && isMap(value.connections) ? value.connections : {}).flatMap(([name, written]) => {
    const connector = isMap(written) ? connectors.find((known) => known.name === written.connector) : undefined;
    return connector === undefined ? [] : unknownSettings(['connections', name], written as object, connector);
  });

const connectorOf = (name: string, { connectors }: Pick<LoadOptions, 'connectors'>): AnyConnector => {
  const connector = connectors.find((known) => known.name === name);
  if (connector === undefined) throw new Error(`the connector ${name} passed the schema but is not there`);
  return connector;
};

const readConnections = (file: string, written: WrittenTenant, options: LoadOptions, sources: SecretSources) => {
  const findings: Finding[] = [];
  const connections: Record<string, TenantConnection> = {};
  for (const [name, connection] of Object.entries(written.connections)) {
    const connector = connectorOf(connection.connector, options);
    findings.push(...mappingFindings(['connections', name, 'mapping'], connection.mapping ?? {}));
    const read = readConnection(name, connection, connector, file, sources);
    findings.push(...read.findings);
    if (read.connection !== undefined) connections[name] = read.connection;
  }
  return { connections, findings };
};

/** What is wrong with the use cases of a file, secrets apart. */
const allUseCaseFindings = (
  file: string,
  written: WrittenTenant,
  options: Pick<LoadOptions, 'connectors' | 'models'>,
): readonly Finding[] => {
  const connections = Object.entries(written.connections);
  const connectors = Object.fromEntries(
    connections.map(([name, { connector }]) => [name, connectorOf(connector, options)]),
  );
  const refusals = Object.fromEntries(
    connections.map(([name, settings]) => [name, connectors[name]?.refuses?.(settings) ?? {}]),
  );
  const around = {
    ...{ connectors, refusals, mappings: mappingsOf(written), models: options.models, folder: dirname(file) },
    ...{ hasIdentity: written.identity !== undefined, hasAssistant: written.assistant !== undefined },
  };
  return Object.entries(written.useCases ?? {}).flatMap(([name, useCase]) => useCaseFindings(name, useCase, around));
};

const mappingsOf = ({ connections }: WrittenTenant): Readonly<Record<string, Mapping>> =>
  Object.fromEntries(Object.entries(connections).map(([name, { mapping = {} }]) => [name, mapping]));

/** What only makes sense once the shape is right: expressions, templates, names, and the secrets behind the references. */
const readMeaning = (file: string, written: WrittenTenant, options: LoadOptions) => {
  const sources: SecretSources = { env: options.env ?? process.env, readFile: options.readFile ?? readText };
  const { connections, findings } = readConnections(file, written, options, sources);
  findings.push(...allUseCaseFindings(file, written, options));
  const isAsked = Object.entries(written.useCases ?? {}).some(([name, one]) => entityOf(name, one) === 'rhythm');
  findings.push(...calendarFindings(written));
  findings.push(...rhythmRetentionFindings(isAsked, written.retention?.events));
  const parts = readParts(file, written, mappingsOf(written), sources);
  return { connections, ...parts, findings: [...findings, ...parts.findings] };
};

/** What a tenant may have and need not. */
const readParts = (
  file: string,
  written: WrittenTenant,
  mappings: Readonly<Record<string, Mapping>>,
  sources: SecretSources,
) => {
  const identity = written.identity && readIdentity(written.identity, mappings, file, sources);
  const assistant = written.assistant && readAssistant(written.assistant, mappings, file, sources);
  return {
    identity: identity?.identity,
    assistant: assistant && toAssistant(assistant.assistant),
    findings: [...(identity?.findings ?? []), ...(assistant?.findings ?? [])],
  };
};

const byPlace = (a: Fault, b: Fault): number => a.line - b.line || a.column - b.column;

/** In the order of the file, each once: a connector's schema may repeat what the common one says. */
const faultsOf = (file: string, document: TenantDocument, findings: readonly Finding[]): readonly Fault[] => {
  const faults = findings.map(toFault(file, document)).sort(byPlace);
  return [...new Map(faults.map((fault) => [`${fault.path} ${fault.message}`, fault])).values()];
};

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unreadable';

const readDocument = (file: string, readFile: SecretSources['readFile']): TenantDocument => {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const fix = 'give the path of a tenant file that this user may read';
    const message = `the file cannot be read (${codeOf(error)})`;
    throw new TenantFaults([{ file, line: 1, column: 1, path: '', message, fix }]);
  }
  const document = readTenantDocument(file, text);
  if (document.faults.length > 0) throw new TenantFaults(document.faults);
  return document;
};

/** A tenant's file whose shape is right. */
const readShape = (
  file: string,
  { connectors, readFile = readText }: Pick<LoadOptions, 'connectors' | 'readFile'>,
): readonly [TenantDocument, WrittenTenant] => {
  const document = readDocument(file, readFile);
  const validate = compileTenantSchema(connectors);
  const shape = validate(document.value) ? [] : shapeFindings(validate.errors ?? [], document.value);
  const wrong = [...shape, ...connectionKeyFindings(document.value, connectors)];
  if (wrong.length > 0) throw new TenantFaults(faultsOf(file, document, wrong));
  return [document, document.value as WrittenTenant];
};

const withCatalogues = (
  { useCases = {} }: WrittenTenant,
  models: KnownModels,
): Readonly<Record<string, WrittenUseCase>> =>
  Object.fromEntries(Object.entries(useCases).map(([name, useCase]) => [name, withCatalogue(name, useCase, models)]));

/**
 * Reads one tenant's YAML file. Throws TenantFaults with everything that is wrong, in the order of the file: first the
 * shape (YAML, keys, types); once that is right, expressions, templates, names and secrets.
 */
export const loadTenant = (file: string, options: LoadOptions): Tenant => {
  const [document, asWritten] = readShape(file, options);
  const written = { ...asWritten, useCases: withCatalogues(asWritten, options.models) };
  const { connections, identity, assistant, findings } = readMeaning(file, written, options);
  if (findings.length > 0) throw new TenantFaults(faultsOf(file, document, findings));
  const { tenant, partitions = 4 } = written;
  const calendar = toCalendar(written);
  return {
    ...{ tenant, file, partitions, connections },
    useCases: useCasesOf(asWritten, dirname(file), options.models),
    retention: toRetention(written.retention ?? {}),
    ...(calendar === undefined ? {} : { calendar }),
    ...(identity === undefined ? {} : { identity: toIdentity(tenant, identity) }),
    ...(assistant === undefined ? {} : { assistant }),
  };
};

/** A tenant's file, and the document as it was written: references stand in place of secrets. Throws TenantFaults. */
export const readTenantFile = (
  file: string,
  options: LoadOptions,
): { readonly tenant: Tenant; readonly document: unknown } => {
  const tenant = loadTenant(file, options);
  return { tenant, document: readDocument(file, options.readFile ?? readText).value };
};

/**
 * The use cases of a document that was in force, as they applied: its secrets need not be there any more.
 * @param folder that paths in it are relative to
 */
export const useCasesOf = (document: unknown, folder: string, models: KnownModels): Tenant['useCases'] => {
  const written = document as WrittenTenant;
  const draftMs = written.assistant === undefined ? 0 : toAssistant(written.assistant).timeoutMs;
  const calendar = toCalendar(written);
  return Object.fromEntries(
    Object.entries(withCatalogues(written, models)).map(([name, one]) => [
      name,
      toUseCase(name, one, folder, draftMs, calendar),
    ]),
  );
};

/** The name and the use cases of a tenant's file, without its secrets: for whoever writes to no CRM. Throws TenantFaults. */
export const loadUseCases = (
  file: string,
  options: Pick<LoadOptions, 'connectors' | 'models' | 'readFile'>,
): Pick<Tenant, 'tenant' | 'useCases'> => {
  const [document, asWritten] = readShape(file, options);
  const written = { ...asWritten, useCases: withCatalogues(asWritten, options.models) };
  const findings = allUseCaseFindings(file, written, options);
  if (findings.length > 0) throw new TenantFaults(faultsOf(file, document, findings));
  return { tenant: written.tenant, useCases: useCasesOf(asWritten, dirname(file), options.models) };
};

/** A tenant from a document that was read before, as if it lay in that file. Throws TenantFaults. */
export const tenantOfDocument = (document: unknown, file: string, options: LoadOptions): Tenant => {
  const { readFile = readText } = options;
  const text = JSON.stringify(document);
  return loadTenant(file, { ...options, readFile: (path) => (path === file ? text : readFile(path)) });
};

/** The mapping of one connection of a tenant's file. */
export interface ConnectionMapping {
  readonly connection: string;
  /** The connector's name. */
  readonly connector: string;
  readonly mapping: Mapping;
}

/** The mappings of a tenant's file, without its secrets: for whoever only normalises. Throws TenantFaults. */
export const loadMappings = (
  file: string,
  options: Pick<LoadOptions, 'connectors' | 'readFile'>,
): readonly ConnectionMapping[] => {
  const [document, { connections }] = readShape(file, options);
  const mappings = Object.entries(connections).map(([connection, { connector, mapping = {} }]) => ({
    ...{ connection, connector, mapping },
  }));
  const findings = mappings.flatMap(({ connection, mapping }) =>
    mappingFindings(['connections', connection, 'mapping'], mapping),
  );
  if (findings.length > 0) throw new TenantFaults(faultsOf(file, document, findings));
  return mappings;
};

const tenantFiles = (folder: string): readonly string[] => {
  const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return files.sort().map((name) => join(folder, name));
};

/** Reads every `.yaml` and `.yml` file of a folder, by name. Throws TenantFaults over all of them. */
export const loadTenants = (folder: string, options: LoadOptions): readonly Tenant[] => {
  const faults: Fault[] = [];
  const tenants: Tenant[] = [];
  const nowhere = { file: folder, line: 1, column: 1, path: '' };
  let files: readonly string[] = [];
  try {
    files = tenantFiles(folder);
    if (files.length === 0) faults.push({ ...nowhere, message: 'no tenant file is here', fix: 'put TENANT.yaml here' });
  } catch (error) {
    faults.push({
      ...nowhere,
      message: `the folder cannot be read (${codeOf(error)})`,
      fix: 'give a folder of tenant files',
    });
  }
  for (const file of files) {
    try {
      const tenant = loadTenant(file, options);
      const twin = tenants.find((other) => other.tenant === tenant.tenant);
      const message = `the tenant "${tenant.tenant}" is already in ${twin?.file ?? ''}`;
      if (twin === undefined) tenants.push(tenant);
      else faults.push({ file, line: 1, column: 1, path: 'tenant', message, fix: 'one file for each tenant' });
    } catch (error) {
      if (!(error instanceof TenantFaults)) throw error;
      faults.push(...error.faults);
    }
  }
  if (faults.length > 0) throw new TenantFaults(faults);
  return tenants;
};
