import type { Command } from 'commander';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { Unmappable } from '../../connectors/contract';
import { noInbox } from '../../connectors/kit/no-inbox';
import type { Ledger, QuarantineRow } from '../../ledger/ledger';
import { loadTenant } from '../../tenants/load';
import type { Tenant } from '../../tenants/tenant';
import { brokerUrl, withPublisher } from '../broker';
import { allConnectors, modelsIn, withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, logTo, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly reason?: string;
  readonly tenantFile?: string;
}

type Row = QuarantineRow & { readonly bytes: Buffer };

const rowText = ({ id, at, connection, stream, code, message, size, resolution, resolvedat }: QuarantineRow): string =>
  `${id}  ${at}  ${connection} ${stream}  ${code}  ${size} bytes${resolution === undefined ? '' : `  [${resolution} ${resolvedat ?? ''}]`}\n  ${message}\n`;

const list = async (options: Options, terminal: Terminal): Promise<void> => {
  const which = options.all === true ? 'all' : 'open';
  const rows = await withLedger(options, terminal, ({ quarantine }) => quarantine.list(options.tenant, which));
  if (options.json === true) terminal.out(jsonLine({ tenant: options.tenant, quarantine: rows }));
  else terminal.out(rows.length === 0 ? 'nothing in the quarantine\n' : rows.map(rowText).join(''));
  if (rows.some(({ resolution }) => resolution === undefined)) terminal.exitCode = exit.problems;
};

const rowOf = async ({ quarantine }: Ledger, { tenant }: Options, id: string): Promise<Row> => {
  const row = await quarantine.get(tenant, id);
  if (row !== undefined) return row;
  throw new CliError(
    `nothing in the quarantine has the id ${id}`,
    `tenant ${tenant}`,
    `signalbox quarantine list --all --tenant ${tenant}`,
  );
};

const show = async (id: string, options: Options, terminal: Terminal): Promise<void> => {
  const row = await withLedger(options, terminal, (ledger) => rowOf(ledger, options, id));
  const bytes = row.bytes.toString('base64');
  if (options.json === true) terminal.out(jsonLine({ ...row, bytes }));
  else {
    const native = row.native === undefined ? '' : `  native: ${JSON.stringify(row.native, null, 2)}\n`;
    terminal.out(`${rowText(row)}  position: ${JSON.stringify(row.position)}\n${native}  bytes (base64): ${bytes}\n`);
  }
};

const drop = async (id: string, options: Options, terminal: Terminal): Promise<void> => {
  const how = `dropped: ${options.reason ?? ''}`;
  const row = await withLedger(options, terminal, async (ledger) => {
    const open = openOnly(await rowOf(ledger, options, id));
    await ledger.quarantine.resolve(options.tenant, id, how);
    return open;
  });
  if (options.json === true) terminal.out(jsonLine({ id, resolution: how }));
  else terminal.out(`${row.id} dropped; its bytes stay in the ledger\n`);
};

const openOnly = (row: Row): Row => {
  if (row.resolution === undefined) return row;
  throw new CliError(`it was resolved before: ${row.resolution}`, row.id, 'nothing is to be done');
};

/** What was decoded before it could not be mapped. Bytes that could not even be decoded have no native event. */
const nativeOf = (row: Row): unknown => {
  if (row.native !== undefined) return row.native;
  try {
    return JSON.parse(row.bytes.toString('utf8'));
  } catch {
    const fix = 'read the record again from the CRM, then `signalbox quarantine drop` this';
    throw new CliError('its bytes were never decoded, so there is nothing to map', row.id, fix);
  }
};

const eventsOf = async (row: Row, tenant: Tenant, terminal: Terminal): Promise<readonly CanonicalEvent[]> => {
  const settings = tenant.connections[row.connection];
  const connector = allConnectors.find(({ name }) => name === settings?.connector);
  if (settings === undefined || connector === undefined) {
    throw new CliError(`the tenant has no connection ${row.connection}`, tenant.file, 'add the connection to the file');
  }
  const native = nativeOf(row);
  // The organisation's id is known once connected, and it is part of what an event is called.
  const connection = await connector.connect(settings.config, { log: logTo(terminal), now: Date.now, inbox: noInbox });
  const context = { tenant: tenant.tenant, connection: settings.name, org: connection.org, mapping: settings.mapping };
  try {
    return await connector.normalise(native, context);
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const fix = "correct the connection's mapping, or drop it with `signalbox quarantine drop`";
    throw new CliError(`it still cannot be mapped: ${error.code}: ${error.message}`, row.id, fix);
  } finally {
    await connection.close();
  }
};

const tenantOf = async ({ tenant, tenantFile }: Options, { env }: Terminal): Promise<Tenant> => {
  const models = await modelsIn();
  const loaded = loadTenant(tenantFile ?? '', { connectors: allConnectors, models, env });
  if (loaded.tenant === tenant) return loaded;
  throw new CliError(`this is the file of the tenant ${loaded.tenant}`, loaded.file, `give the file of ${tenant}`);
};

const release = async (id: string, options: Options, terminal: Terminal): Promise<void> => {
  brokerUrl(terminal);
  const tenant = await tenantOf(options, terminal);
  const events = await withLedger(options, terminal, async (ledger) => {
    const mapped = await eventsOf(openOnly(await rowOf(ledger, options, id)), tenant, terminal);
    // Published before it is marked: a crash between the two gives a duplicate, which is dropped, and never a loss.
    await withPublisher(terminal, tenant.partitions, (publisher) =>
      Promise.all(mapped.map((event) => publisher.publish(event))),
    );
    await ledger.quarantine.resolve(options.tenant, id, `released as ${mapped.length} events`);
    return mapped;
  });
  if (options.json === true) terminal.out(jsonLine({ id, events: events.map((event) => event.id) }));
  else
    terminal.out(`${id} released as ${events.map((event) => `${event.type} ${event.id}`).join(', ') || 'no event'}\n`);
};

/** `signalbox quarantine` */
export const quarantineCommand = (program: Command, terminal: Terminal): void => {
  const group = program
    .command('quarantine')
    .description('Native events that could not be understood, with their bytes.');
  const one = (name: string, description: string, example: string): Command =>
    group
      .command(name)
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose quarantine')
      .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
      .option('--json', 'one line of JSON')
      .addHelpText('after', `\nExample:\n  signalbox quarantine ${example}`);
  one('list', 'Tell what is in the quarantine. Exits 1 while something is.', 'list --tenant acme')
    .option('--all', 'resolved ones too')
    .action((_: unknown, command: Command) => list(command.opts<Options>(), terminal));
  one('show', 'Tell one with its native event and its bytes.', 'show --tenant acme 3f2a…')
    .argument('ID')
    .action((id: string, _: unknown, command: Command) => show(id, command.opts<Options>(), terminal));
  one(
    'release',
    'Map one again, with the mapping of today, and publish its events.',
    'release --tenant acme --tenant-file acme.yaml 3f2a…',
  )
    .argument('ID')
    .requiredOption('--tenant-file <FILE>', "the tenant's file")
    .action((id: string, _: unknown, command: Command) => release(id, command.opts<Options>(), terminal));
  one('drop', 'Mark one as given up. Its bytes stay in the ledger.', 'drop --tenant acme --reason "test data" 3f2a…')
    .argument('ID')
    .requiredOption('--reason <TEXT>', 'why it may be given up; kept with it')
    .action((id: string, _: unknown, command: Command) => drop(id, command.opts<Options>(), terminal));
};
