import { Option, type Command } from 'commander';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openLog } from '../../services/log';
import { authority, defaultListen, type ListenAddress } from '../../services/listen-address';
import { defaultMetrics, Observation } from '../../services/observe/observation';
import { Observer } from '../../services/observe/observer';
import { openTraces } from '../../services/observe/open-traces';
import { provideAll, type ProvidedServers } from '../../services/provision/provide';
import { roles, startSignalbox, type Role } from '../../services/signalbox';
import type { FollowOptions } from '../../services/follow';
import { settleVersions, type ReadTenant } from '../../services/versions';
import type { Ledger, TenantVersion } from '../../ledger/ledger';
import { loadTenants, readTenantFile, type LoadOptions } from '../../tenants/load';
import { onExit } from '../../services/provision/on-exit';
import { addressOf } from '../listen';
import { untilEnded } from '../until-ended';
import { allConnectors, learnedFolder, ledgerFolder, modelsIn, ownModels, shippedModels } from '../places';
import { CliError } from '../terminal';
import type { ReceiverAddress } from '../../services/service';

interface UpOptions {
  readonly tenants: string;
  readonly only?: readonly Role[];
  readonly state: string;
  readonly listen: string;
  readonly metrics: string;
  readonly json?: true;
}

/** `signalbox up`: serves the tenants until it is told to stop. */
export function upCommand(program: Command): void {
  program
    .command('up')
    .description('serve the tenants: hear their CRMs, decide, act; runs until SIGINT or SIGTERM')
    .option('--tenants <path>', "a tenant's file, or a folder of them", 'tenants.d')
    .addOption(new Option('--only <role...>', 'run these parts only, each in a process of its own').choices(roles))
    .option('--state <dir>', 'where state lies', '.signalbox')
    .addOption(
      new Option('--listen <host:port>', 'where CRMs that push are received; port 0 for a free one')
        .env('SIGNALBOX_LISTEN')
        .default(authority(defaultListen)),
    )
    .addOption(
      new Option('--metrics <host:port>', 'where metrics and readiness are told; port 0 for a free one, or off')
        .env('SIGNALBOX_METRICS')
        .default(authority(defaultMetrics)),
    )
    .option('--json', 'one line of JSON when it is up: {roles, tenants, amqpUrl, temporalAddress, receivers, metrics}')
    .addHelpText('after', '\nExample:\n  $ signalbox up --tenants tenants.d/acme.yaml\n')
    .action(async (options: UpOptions) => {
      await up(options);
    });
}

async function up(options: UpOptions): Promise<void> {
  const wanted = options.only ?? roles;
  const ledger = ledgerOf(options);
  const listen = addressOf('--listen', options.listen, defaultListen);
  const metrics = metricsOf(options);
  const files = await tenantsAt(options.tenants);
  const log = openLog(process.env.LOG_FILE, process.env.SIGNALBOX_TEMPORAL_METRICS);
  const progress = options.json === true ? () => undefined : say;
  const closers: (() => Promise<void>)[] = [];
  const release = onExit(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  try {
    const observer = new Observer(openTraces(process.env, log));
    const observation = await observe(metrics, new Observation(log, observer), closers);
    const { state: stateDir } = options;
    const servers = await provideAll({ ...needed, stateDir, progress, isPersistent: true, isStoppedByCaller: true });
    closers.push(() => servers.stop());
    const places = placesOf(servers);
    const models = {
      modelsDir: shippedModels,
      ownModelsDir: ownModels,
      learnedDir: learnedFolder(options.state),
      stateDir,
    };
    const versions = versionsOf(files, progress);
    const runtime = { ...places, ledger, ...models, tenants: versions.settle, log, listen, observation, observer };
    const signalbox = await startSignalbox(runtime, wanted, versions.follow);
    closers.push(() => signalbox.stop());
    announce(options, {
      roles: wanted,
      tenants: [...signalbox.runtime.tenants.keys()],
      ...places,
      receivers: signalbox.door?.receivers ?? [],
      metrics: observation?.url,
    });
    await untilEnded();
  } finally {
    for (const close of closers.splice(0).reverse()) await close();
    release();
  }
}

/** Opened before anything else, so that a start that hangs can be seen. */
async function observe(
  address: ListenAddress | undefined,
  observation: Observation,
  closers: (() => Promise<void>)[],
): Promise<Observation | undefined> {
  if (address === undefined) return undefined;
  await observation.open(address);
  closers.push(() => observation.stop());
  return observation;
}

function placesOf({ rabbit, temporal }: ProvidedServers): {
  readonly amqpUrl: string;
  readonly temporalAddress: string;
} {
  return { amqpUrl: rabbit?.url ?? '', temporalAddress: temporal?.url ?? '' };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Up {
  readonly roles: readonly Role[];
  readonly tenants: readonly string[];
  readonly amqpUrl: string;
  readonly temporalAddress: string;
  readonly receivers: readonly ReceiverAddress[];
  /** The base of `/metrics`, `/healthz` and `/readyz`; absent where they are off. */
  readonly metrics: string | undefined;
}

function announce({ json }: UpOptions, up: Up): void {
  if (json === true) {
    say(JSON.stringify(up));
    return;
  }
  for (const { url, connector } of up.receivers) say(`receiving from ${connector} at ${url}`);
  if (up.metrics !== undefined) say(`metrics at ${up.metrics}/metrics, readiness at ${up.metrics}/readyz`);
  say(`signalbox is up: ${up.roles.join(', ')} for ${up.tenants.join(', ')}; Ctrl-C ends it`);
}

const needed = { rabbit: true, temporal: true } as const;

function ledgerOf({ only, state }: UpOptions): { readonly url: string } | { readonly folder: string } {
  const { DATABASE_URL: url } = process.env;
  if (url !== undefined) return { url };
  if (only === undefined) return { folder: ledgerFolder(state) };
  throw new CliError(
    'parts in processes of their own need one ledger between them',
    '--only',
    'set DATABASE_URL to a PostgreSQL database, or leave --only out to run everything in this process',
  );
}

function metricsOf({ metrics }: UpOptions): ListenAddress | undefined {
  return metrics === 'off' ? undefined : addressOf('--metrics', metrics, defaultMetrics);
}

/** The files that `up` was given. */
interface TenantFiles {
  readonly folder: string;
  readonly files: readonly ReadTenant[];
}

const loadOptions = async (): Promise<LoadOptions> => ({ connectors: allConnectors, models: await modelsIn() });

async function tenantsAt(where: string): Promise<TenantFiles> {
  const options = await loadOptions();
  let isFolder: boolean;
  try {
    isFolder = statSync(where).isDirectory();
  } catch (error) {
    throw new CliError('there are no tenants', where, 'give a tenant file or a folder of them with --tenants', 2, {
      cause: error,
    });
  }
  const files = isFolder ? loadTenants(where, options).map(({ file }) => file) : [where];
  return {
    folder: resolve(isFolder ? where : dirname(where)),
    files: files.map((file) => readTenantFile(file, options)),
  };
}

/** How the files come to be in force, and how what is in force is followed from then on. */
function versionsOf({ files, folder }: TenantFiles, tell: (line: string) => void) {
  let started: readonly TenantVersion[] = [];
  const settle = async (ledger: Ledger) => {
    const settled = await settleVersions(ledger, files, await loadOptions(), folder);
    for (const note of settled.notes) tell(note);
    started = settled.versions;
    return settled.tenants;
  };
  const follow = (): FollowOptions => ({ folder, load: loadOptions, started });
  return { settle, follow };
}
