import type { Command } from 'commander';
import { checkEndpoint } from '../../assistant/check-endpoint';
import { BrokerConnection } from '../../broker/connection';
import type { Finding } from '../../connectors/contract';
import { noInbox } from '../../connectors/kit/no-inbox';
import { openScorer } from '../../models/score';
import { findPrograms, freePort } from '../../services/provision/machine';
import { answerAs } from '../../services/provision/temporal-answers';
import { reached } from '../../services/temporal/settings';
import { payloadKeysAt } from '../../services/temporal/payload-keys';
import { SettingsError } from '../../services/temporal/settings-error';
import { TenantFaults, faultText } from '../../tenants/faults';
import { loadTenant } from '../../tenants/load';
import type { Tenant } from '../../tenants/tenant';
import { allConnectors, modelsIn, type StateOptions } from '../places';
import { checkPeers } from './doctor-certificates';
import { checkLedger } from './doctor-ledger';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenantFile?: string;
  readonly models?: string;
  readonly json?: boolean;
}

type Findings = Promise<readonly Finding[]>;

/** How long one part may take to answer, in ms. */
const patience = 30_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `ok` when it works, else an error with the fix. */
const attempt = async (what: string, fix: string, work: () => Promise<unknown>): Findings => {
  try {
    await work();
    return [{ level: 'ok', what }];
  } catch (error) {
    const knowsItsFix = error instanceof CliError || error instanceof SettingsError;
    return [{ level: 'error', what, why: messageOf(error), fix: knowsItsFix ? error.fix : fix }];
  }
};

const nodeFindings = (): readonly Finding[] => {
  const what = `Node ${process.versions.node}`;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return [{ level: 'ok', what }];
  return [
    { level: 'error', what, why: 'Signalbox needs Node 20.19 or later', fix: 'install a current Node from nodejs.org' },
  ];
};

const checkNode = (): Findings => Promise.resolve(nodeFindings());

const checkPorts = (): Findings =>
  attempt('ports on 127.0.0.1 can be opened', 'let this user listen on loopback (sandbox, firewall)', freePort);

/** Without credentials. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an address that is no URL');

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const checkBroker = ({ env: { AMQP_URL: url } }: Terminal): Findings => {
  if (url !== undefined) {
    const what = `RabbitMQ at ${hostOf(url)}`;
    const open = async () => (await BrokerConnection.open(url, quiet, 'signalbox doctor')).close();
    return attempt(what, 'start RabbitMQ there, or correct AMQP_URL (amqp://user:password@host:5672)', open);
  }
  const [program] = findPrograms('rabbitmq-server', ['/usr/lib/rabbitmq/bin']);
  return Promise.resolve([
    program === undefined
      ? {
          level: 'warning' as const,
          what: 'RabbitMQ',
          why: 'AMQP_URL is not set and no rabbitmq-server is on this machine',
          fix: 'set AMQP_URL, or install RabbitMQ; as root, or with Docker, `signalbox up` gets it by itself',
        }
      : { level: 'ok' as const, what: `RabbitMQ: AMQP_URL is not set; \`signalbox up\` starts ${program}` },
  ]);
};

const checkTemporal = ({ env }: Terminal): Findings => {
  const { TEMPORAL_ADDRESS: address } = env;
  if (address === undefined) {
    return Promise.resolve([
      { level: 'ok', what: 'Temporal: TEMPORAL_ADDRESS is not set; `signalbox up` starts its own' },
    ]);
  }
  const fix = 'start Temporal there, or correct TEMPORAL_ADDRESS (host:7233)';
  return attempt(`Temporal at ${address}`, fix, () => answerAs(reached(address, env)));
};

/** What Temporal stores has personal data in it: whether whoever runs its server can read it. */
const checkPayloads = ({ env }: Terminal): Findings => {
  const { TEMPORAL_ADDRESS: address, SIGNALBOX_PAYLOAD_KEYS: keys } = env;
  if (keys !== undefined) {
    const fix = 'correct SIGNALBOX_PAYLOAD_KEYS; see docs/operate.md#encryption';
    return attempt(`keys of Temporal's payloads in ${keys}`, fix, () => Promise.resolve(keys).then(payloadKeysAt));
  }
  if (address === undefined) return Promise.resolve([]);
  return Promise.resolve([
    {
      level: 'warning',
      what: "Temporal's payloads",
      why: 'they are not encrypted: whoever runs the Temporal server can read the events of each batch',
      fix: 'set SIGNALBOX_PAYLOAD_KEYS in every process; see docs/operate.md#encryption',
    },
  ]);
};

const checkModels = async ({ models: folder }: Options): Findings => {
  const fix = 'restore the model from the release, manifest and ONNX file together';
  try {
    const models = [...(await modelsIn(folder)).values()];
    const none = { level: 'error' as const, what: 'models', why: 'there is none', fix };
    if (models.length === 0) return [none];
    const checks = models.map((model) => {
      const { name, version } = model.manifest;
      return attempt(`model ${name} ${version} ${model.digest}`, fix, async () => (await openScorer(model)).close());
    });
    return (await Promise.all(checks)).flat();
  } catch (error) {
    return [{ level: 'error', what: 'models', why: messageOf(error), fix }];
  }
};

/** Whoever is to click somewhere finds the page that tells it all; a command needs none. */
const withPage = (finding: Finding, page: string): Finding => {
  if (finding.level === 'ok' || /\bsignalbox [a-z]+ /.test(finding.fix)) return finding;
  return { ...finding, fix: `${finding.fix}; see ${page}` };
};

const checkConnection = async (tenant: Tenant, name: string): Findings => {
  const settings = tenant.connections[name];
  const connector = allConnectors.find((one) => one.name === settings?.connector);
  const what = `connection ${name} of ${tenant.tenant}`;
  if (settings === undefined || connector === undefined) return [];
  const signal = AbortSignal.timeout(patience);
  try {
    const connection = await connector.connect(settings.config, { log: quiet, now: Date.now, inbox: noInbox });
    try {
      const found = await connection.check(signal);
      return [...found, ...(await checkPeers(settings.config, Date.now(), signal))].map((finding) =>
        withPage({ ...finding, what: `${what}: ${finding.what}` }, connector.setUpPage),
      );
    } finally {
      await connection.close();
    }
  } catch (error) {
    const fix = `correct the connection in ${tenant.file}, or what was set up in the CRM`;
    return [withPage({ level: 'error', what, why: messageOf(error), fix }, connector.setUpPage)];
  }
};

const checkAssistant = async ({ tenant, assistant, useCases }: Tenant): Findings => {
  if (assistant === undefined) return [];
  const templates = Object.values(useCases).flatMap(({ act }) => Object.values(act).flat());
  const isAsked = templates.some((template) => template.kind === 'task' && template.draft !== undefined);
  const found = await checkEndpoint(assistant, AbortSignal.timeout(patience));
  const idle: Finding = {
    ...{ level: 'warning', what: `assistant of ${tenant}`, why: 'no task asks for it' },
    fix: 'write draft: true at a task',
  };
  return [{ ...found, what: `${found.what} for ${tenant}` }, ...(isAsked ? [] : [idle])];
};

/** The tenant's file, or what is wrong with it. */
const readTenant = async (
  options: Options,
  { env }: Terminal,
): Promise<readonly [Tenant | undefined, readonly Finding[]]> => {
  const { tenantFile } = options;
  if (tenantFile === undefined) return [undefined, []];
  try {
    // That the folder of the models cannot be read is a finding of its own.
    const models = await modelsIn(options.models).catch(() => new Map());
    const tenant = loadTenant(tenantFile, { connectors: allConnectors, models, env });
    return [tenant, [{ level: 'ok', what: `tenant ${tenant.tenant} (${tenantFile})` }]];
  } catch (error) {
    if (!(error instanceof TenantFaults)) throw error;
    const why = error.faults.map(faultText).join('\n');
    return [
      undefined,
      [{ level: 'error', what: `tenant file ${tenantFile}`, why, fix: `signalbox validate ${tenantFile}` }],
    ];
  }
};

const mark = { ok: 'ok     ', warning: 'warning', error: 'error  ' } as const;

const findingText = ({ level, what, why, fix }: Finding): string =>
  [
    `${mark[level]}  ${what}`,
    ...(why === undefined ? [] : [`         why: ${why}`]),
    ...(fix === undefined || level === 'ok' ? [] : [`         fix: ${fix}`]),
    '',
  ].join('\n');

const examine = async (options: Options, terminal: Terminal): Promise<void> => {
  const [tenant, ofFile] = await readTenant(options, terminal);
  const parts = await Promise.all([
    checkNode(),
    checkPorts(),
    checkBroker(terminal),
    checkTemporal(terminal),
    checkPayloads(terminal),
    checkModels(options),
    checkLedger(options, terminal, tenant?.tenant),
    ...(tenant === undefined ? [] : [checkAssistant(tenant)]),
    ...(tenant === undefined ? [] : Object.keys(tenant.connections).map((name) => checkConnection(tenant, name))),
  ]);
  const findings = [...ofFile, ...parts.flat()];
  if (options.json === true) terminal.out(jsonLine({ findings }));
  else terminal.out(findings.map(findingText).join(''));
  if (findings.some(({ level }) => level === 'error')) terminal.exitCode = exit.problems;
};

/** `signalbox doctor` */
export const doctorCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('doctor')
    .description(
      'Examine this machine, the servers, the models, the ledger and the connections: what, why and the fix.',
    )
    .option('--tenant-file <FILE>', 'a tenant file, whose connections and assistant are proved without an effect')
    .option('--models <DIR>', 'the folder of the models')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {findings: [{level, what, why, fix}]}')
    .addHelpText(
      'after',
      '\nExits 1 when there is an error.\n\nExample:\n  signalbox doctor --tenant-file tenants/examples/acme.yaml',
    )
    .action((_: unknown, command: Command) => examine(command.opts<Options>(), terminal));
};
