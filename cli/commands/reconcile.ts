import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import type { Reconciled } from '../../activities/subscription-types';
import { reconcileNow } from '../../services/reconcile';
import { durationMs } from '../../tenants/duration';
import { loadTenant } from '../../tenants/load';
import type { Tenant, TenantConnection } from '../../tenants/tenant';
import { allConnectors, modelsIn } from '../places';
import { withTemporal, type TemporalOptions } from '../temporal';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends TemporalOptions {
  readonly tenantFile: string;
  readonly connection: string;
  readonly stream?: string;
  readonly grace: string;
  readonly patience: string;
  readonly json?: boolean;
}

const connectionOf = ({ connections, file }: Tenant, { connection: name }: Options): TenantConnection => {
  const found = connections[name];
  if (found === undefined) {
    const known = Object.keys(connections).join(', ');
    throw new CliError(`the tenant has no connection ${name}`, file, `name one of these with --connection: ${known}`);
  }
  if (allConnectors.find((one) => one.name === found.connector)?.reconciles !== undefined) return found;
  const fix = 'read a lost window back with `onGap: backfill`';
  throw new CliError(`${found.connector} tracks no changes to compare with`, `connection ${name}`, fix);
};

const streamsOf = ({ streams, name }: TenantConnection, { stream }: Options): readonly string[] => {
  if (stream === undefined) return streams;
  if (streams.includes(stream)) return [stream];
  const fix = `name one of these with --stream: ${streams.join(', ')}`;
  throw new CliError(`the connection does not hear ${stream}`, `connection ${name}`, fix);
};

const msOf = (text: string, option: string): number => {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new CliError(`${text} is no duration`, option, 'write it as PT30S, PT5M or PT0S');
};

const wordOf = ({ isFirst, isResync, found, missing, deleted, gap }: Reconciled): string => {
  if (isFirst) return 'the first time: what changes from now on is compared';
  const counts = `${found} changes found, ${missing} of them missing, ${deleted} of these deletions`;
  const how = isResync ? ' (read by query: the CRM no longer knew the token)' : '';
  return `${counts}${how}${gap === undefined ? '' : `; gap ${gap}`}`;
};

/** A stream that cannot be compared, in the one form of an error. */
const refusal = (error: WorkflowUpdateFailedError, stream: string): CliError => {
  let cause: Error = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  const fix = 'see `signalbox doctor --tenant-file FILE`, and the log of the process that hears the CRM';
  return new CliError(cause.message, `stream ${stream}`, fix, exit.problems, { cause: error });
};

const reconcile = async (options: Options, terminal: Terminal): Promise<void> => {
  const graceMs = msOf(options.grace, '--grace');
  const deadline = Date.now() + msOf(options.patience, '--patience');
  const load = { connectors: allConnectors, models: await modelsIn(), env: terminal.env };
  const { tenant, ...file } = loadTenant(options.tenantFile, load);
  const settings = connectionOf({ tenant, ...file }, options);
  const wanted = streamsOf(settings, options);
  const streams: Reconciled[] = [];
  await withTemporal(options, terminal, async (client) => {
    for (const stream of wanted) {
      const ref = { tenant, connection: settings.name, stream };
      try {
        streams.push(await client.withDeadline(deadline, () => reconcileNow(client, ref, settings, { graceMs })));
      } catch (error) {
        if (error instanceof WorkflowUpdateFailedError) throw refusal(error, stream);
        if (Date.now() < deadline) throw error;
        const fix = 'see that `signalbox up` runs, or give it longer with --patience; it goes on by itself';
        throw new CliError('no answer yet', `stream ${stream}`, fix, exit.problems, { cause: error });
      }
    }
  });
  if (options.json === true) terminal.out(jsonLine({ tenant, connection: settings.name, streams }));
  else for (const one of streams) terminal.out(`${settings.name} ${one.stream}: ${wordOf(one)}\n`);
};

/** `signalbox reconcile` */
export const reconcileCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('reconcile')
    .description('Compare what was heard with the changes that the CRM tracked, and take in what was missed.')
    .requiredOption('--tenant-file <FILE>', "the tenant's file")
    .requiredOption('--connection <NAME>', 'which of its connections')
    .option('--stream <NAME>', 'one of its streams; all where it is left out')
    .option('--grace <DURATION>', 'how long after a change its event may still be on its way', 'PT1M')
    .option('--patience <DURATION>', 'how long to wait for the answer', 'PT10M')
    .option('--temporal <HOST:PORT>', 'where Temporal is; without it TEMPORAL_ADDRESS')
    .option('--json', 'one line of JSON: {tenant, connection, streams: [{stream, found, missing, deleted, …}]}')
    .addHelpText(
      'after',
      '\nSignalbox must be running.\n\nExample:\n  signalbox reconcile --tenant-file tenants.d/acme.yaml --connection sales',
    )
    .action((_: unknown, command: Command) => reconcile(command.opts<Options>(), terminal));
};
