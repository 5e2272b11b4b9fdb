import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type AnyConnector, type Mapping, Unmappable } from '../../connectors/contract';
import { TenantFaults } from '../../tenants/faults';
import { loadMappings } from '../../tenants/load';
import { didYouMean } from '../../tenants/spelling';
import { readPayloads } from '../payload-file';
import { allConnectors } from '../places';
import { CliError, exit, jsonLine, tellProblem, type Terminal } from '../terminal';

interface Options {
  readonly tenant: string;
  readonly connector: string;
  readonly schemas?: string;
  readonly tenantFile?: string;
  readonly connection?: string;
  readonly org: string;
}

const connectorNamed = (name: string): AnyConnector => {
  const found = allConnectors.find((connector) => connector.name === name);
  if (found !== undefined) return found;
  const known = allConnectors.map((connector) => connector.name);
  throw new CliError(`there is no connector "${name}"`, '--connector', didYouMean(name, known));
};

/** The connector that was named, or another one of the same product that the payload is for. */
const connectorFor = (payload: unknown, named: AnyConnector): AnyConnector =>
  allConnectors.find(({ besides }) => besides?.connector === named.name && besides.claims(payload)) ?? named;

/** Finds schema documents by id: in the file's name, else in its `uuid`. */
const schemasIn = (folder: string | undefined): ((id: string) => string | undefined) => {
  if (folder === undefined) return () => undefined;
  let files: readonly { readonly name: string; readonly text: string }[];
  try {
    const names = readdirSync(folder).filter((name) => /\.(avsc|json)$/.test(name));
    files = names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CliError(`the folder of schemas cannot be read: ${code}`, folder, 'give a folder of .avsc files');
  }
  const uuids = new Map(files.map(({ text }) => [uuidOf(text), text]));
  return (id) => files.find(({ name }) => name.includes(id))?.text ?? uuids.get(id);
};

const uuidOf = (text: string): unknown => {
  try {
    return (JSON.parse(text) as { readonly uuid?: unknown } | null)?.uuid;
  } catch {
    // It may still be found by its name; the connector then tells what is wrong with it.
    return undefined;
  }
};

const mappingOf = (
  options: Options,
  { name }: AnyConnector,
): { readonly connection: string; readonly mapping: Mapping } => {
  const { tenantFile, connection = name } = options;
  if (tenantFile === undefined) return { connection, mapping: {} };
  try {
    const all = loadMappings(tenantFile, { connectors: allConnectors }).filter(({ connector }) => connector === name);
    const wanted = all.filter((one) => options.connection === undefined || one.connection === options.connection);
    const [only, more] = wanted;
    if (only !== undefined && more === undefined) return only;
    const known = all.map((one) => one.connection).join(', ');
    const what = more === undefined ? `no such connection with ${name}` : `several connections with ${name}`;
    throw new CliError(what, tenantFile, known === '' ? 'add one to the file' : `name one with --connection: ${known}`);
  } catch (error) {
    if (!(error instanceof TenantFaults)) throw error;
    const fix = `signalbox validate ${tenantFile}`;
    throw new CliError(`the tenant's file cannot be used:\n${error.message}`, tenantFile, fix);
  }
};

/** A message may quote a value, and a value may be of any length. */
const shortened = (message: string): string => (message.length > 600 ? `${message.slice(0, 600)}…` : message);

const normalise = async (file: string, options: Options, terminal: Terminal): Promise<void> => {
  const named = connectorNamed(options.connector);
  const { payload, faults } = await readPayloads(file, terminal);
  for (const { message, where, fix } of faults) tellProblem(terminal, message, where, fix, exit.refused);
  const connector = connectorFor(payload, named);
  const context = { tenant: options.tenant, org: options.org, ...mappingOf(options, connector) };
  const refuse = (error: unknown, where: string): void => {
    if (!(error instanceof Unmappable)) throw error;
    const fix = 'correct the payload or leave it out; in production it is kept in the quarantine';
    tellProblem(terminal, `${error.code}: ${shortened(error.message)}`, where, fix, exit.refused);
  };
  let natives: readonly unknown[];
  try {
    natives = connector.readNatives(payload, schemasIn(options.schemas));
  } catch (error) {
    refuse(error, file);
    return;
  }
  if (natives.length === 0) {
    const fix = 'give at least one native payload';
    tellProblem(terminal, 'there is nothing in it to normalise', file, fix, exit.refused);
  }
  for (const [index, native] of natives.entries()) {
    try {
      for (const event of await connector.normalise(native, context)) terminal.out(jsonLine(event));
    } catch (error) {
      refuse(error, natives.length === 1 ? file : `${file}, payload ${index}`);
    }
  }
};

/** `signalbox normalise` */
export const normaliseCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('normalise')
    .description('Print the canonical CloudEvents of native payloads, one to a line. Needs no server.')
    .argument(
      'FILE',
      'native payloads as JSON (one, an array, or one to a line), or as the CRM writes them (IDoc XML, an HTTP capture); - for standard input',
    )
    .requiredOption('--tenant <NAME>', "the tenant's name, as it stands in the events")
    .requiredOption('--connector <NAME>', 'where the payloads are from, e.g. salesforce')
    .option('--schemas <DIR>', 'Avro schemas (.avsc), found by the id in their name or their uuid')
    .option('--tenant-file <FILE>', 'a tenant file, for its mapping; its secrets are not needed')
    .option(
      '--connection <NAME>',
      "the connection's name: which one of the tenant file, and as it stands in the events",
    )
    .option('--org <ID>', "the CRM organisation's id, as it stands in the events", 'unknown')
    .option('--json', 'the output is JSON lines with or without it')
    .addHelpText(
      'after',
      '\nExits 2 when something cannot be mapped; what can be mapped is printed all the same.\n\nExample:\n  signalbox normalise --tenant acme --connector salesforce lead-change.json',
    )
    .action((file: string, _: unknown, command: Command) => normalise(file, command.opts<Options>(), terminal));
};
