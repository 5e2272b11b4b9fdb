import type { Command } from 'commander';
import { type Fault, faultText, TenantFaults } from '../../tenants/faults';
import { loadTenant } from '../../tenants/load';
import { tenantSchema } from '../../tenants/schema';
import type { Tenant } from '../../tenants/tenant';
import type { KnownModels } from '../../tenants/use-case';
import { allConnectors, modelsIn } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options {
  readonly schema?: boolean;
  readonly json?: boolean;
  readonly models?: string;
}

interface Checked {
  readonly file: string;
  readonly faults: readonly Fault[];
  readonly understood?: ReturnType<typeof understood>;
}

/** What was understood, without a single setting's value: secrets are among them. */
const understood = ({ tenant, partitions, connections, useCases, assistant }: Tenant) => ({
  tenant,
  partitions,
  connections: Object.values(connections).map(({ name, connector, streams, mapping }) => ({
    name,
    connector,
    streams,
    mapped: Object.keys(mapping),
  })),
  useCases: Object.values(useCases).map(({ name, connection, entity, model, bands, policy }) => ({
    ...{ name, connection, entity, model, bands, policy },
  })),
  ...(assistant && { assistant: { model: assistant.model, host: new URL(assistant.baseUrl).host } }),
});

const check = (file: string, models: KnownModels, { env }: Terminal): Checked => {
  try {
    return { file, faults: [], understood: understood(loadTenant(file, { connectors: allConnectors, models, env })) };
  } catch (error) {
    if (!(error instanceof TenantFaults)) throw error;
    return { file, faults: error.faults };
  }
};

const bandText = ({ name, from }: { readonly name: string; readonly from: number }): string => `${name} from ${from}`;

const checkedText = ({ file, faults, understood: what }: Checked): string => {
  if (what === undefined) return `${faults.map(faultText).join('\n')}\n`;
  return [
    `${file}: ok: tenant ${what.tenant}, ${what.partitions} partitions`,
    ...what.connections.map(
      ({ name, connector, streams, mapped }) =>
        `  connection ${name} (${connector}): ${streams.join(', ')}${mapped.length === 0 ? '' : `; maps ${mapped.join(', ')}`}`,
    ),
    ...what.useCases.map(
      ({ name, entity, connection, model, bands }) =>
        `  use case ${name}: scores each ${entity} of ${connection} with ${model}; ${bands.map(bandText).join(', ')}`,
    ),
    ...(what.assistant === undefined ? [] : [`  assistant ${what.assistant.model} at ${what.assistant.host}`]),
    '',
  ].join('\n');
};

const validate = async (files: readonly string[], options: Options, terminal: Terminal): Promise<void> => {
  if (options.schema === true) {
    terminal.out(`${JSON.stringify(tenantSchema(allConnectors), null, 2)}\n`);
    return;
  }
  if (files.length === 0) {
    throw new CliError('no file was given', 'FILE', 'signalbox validate tenants/examples/acme.yaml');
  }
  const models = await modelsIn(options.models);
  const checked = files.map((file) => check(file, models, terminal));
  if (options.json === true) terminal.out(jsonLine({ files: checked }));
  else {
    for (const one of checked) {
      if (one.faults.length === 0) terminal.out(checkedText(one));
      else terminal.err(checkedText(one));
    }
  }
  if (checked.some(({ faults }) => faults.length > 0)) terminal.exitCode = exit.problems;
};

/** `signalbox validate` */
export const validateCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('validate')
    .description('Check tenant files: each fault with its line, its column and what would be right.')
    .argument('[FILE...]', 'tenant files')
    .option('--schema', 'print the JSON Schema of a tenant file, for editors, and do nothing else')
    .option('--models <DIR>', 'the folder of the models that use cases may name')
    .option('--json', 'one line of JSON: {files: [{file, faults, understood}]}')
    .addHelpText(
      'after',
      '\nExample:\n  signalbox validate tenants/examples/acme.yaml\n  signalbox validate --schema > tenant.schema.json',
    )
    .action((files: string[], _: unknown, command: Command) => validate(files, command.opts<Options>(), terminal));
};
