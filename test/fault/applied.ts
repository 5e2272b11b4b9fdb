import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { ledgerFolder } from '../../cli/places';
import { signalbox as command, type Ran } from '../../cli/terminal.fixture';
import { allConnectors } from '../../cli/places';
import type { Decision } from '../../canonical-schema/decision';
import type { TenantVersion } from '../../ledger/ledger';
import { loadModels } from '../../models/registry';
import { projectRoot } from '../../services/project-root';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { isRunning } from '../../services/temporal/running';
import { settleVersions } from '../../services/versions';
import { readTenantFile, type LoadOptions } from '../../tenants/load';
import { subscriptionId } from '../../workflows/names';
import { startLine, type Line } from '../line';

/** A tenant's file as tests mend it. */
export interface Written {
  tenant: string;
  connections: Record<
    string,
    { subscribe: string[]; mapping: { lead: Record<string, string> }; [key: string]: unknown }
  >;
  useCases: Record<string, { bands: Record<string, number>; act: Record<string, unknown>; [key: string]: unknown }>;
}

/** A running Signalbox that takes new versions of its tenant's file, and the person who applies them. */
export class Applied {
  private constructor(
    readonly line: Line,
    private readonly state: string,
    private readonly load: LoadOptions,
    private running: Signalbox,
  ) {}

  static async start(): Promise<Applied> {
    const state = mkdtempSync(path.join(tmpdir(), 'signalbox-apply-'));
    const line = await startLine({ roles: [] });
    const { clientId = '', clientSecret = '' } = line.org.clients['integration'] ?? {};
    Object.assign(process.env, { SF_ID: clientId, SF_SECRET: clientSecret });
    const models = await loadModels(path.join(projectRoot, 'models'));
    const load: LoadOptions = { connectors: allConnectors, models };
    return new Applied(line, state, load, await open(line, state, load));
  }

  get signalbox(): Signalbox {
    return this.running;
  }

  get tenant(): string {
    return this.line.tenant.tenant;
  }

  get ledgerFolder(): string {
    return ledgerFolder(this.state);
  }

  /** Stops the process, lets things happen, and starts it again on the same file. */
  async restart(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.running.stop();
    await meanwhile();
    this.running = await open(this.line, this.state, this.load);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.line.stop();
    rmSync(this.state, { recursive: true });
  }

  /** The tenant's file as it lies there. */
  written(): Written {
    return parse(readFileSync(this.line.tenantFile, 'utf8')) as Written;
  }

  /** Writes a file beside the tenant's. */
  write(name: string, file: unknown): string {
    const at = path.join(path.dirname(this.line.tenantFile), name);
    writeFileSync(at, stringify(file));
    return at;
  }

  /** The ledger is the state folder's, whatever database other suites use. */
  run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const env = { ...process.env, DATABASE_URL: undefined, ...more };
    return command([...args, '--state', this.state], { env });
  }

  applyFile(file: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.run(['apply', file, '--yes', '--by', 'Ada Byron'], more);
  }

  /** Mends the tenant's file and puts it in force; resolves when the running process has taken it. */
  apply(mend: (file: Written) => unknown, name = 'tenant.yaml'): Promise<Ran> {
    const file = this.written();
    mend(file);
    return this.applyFile(this.write(name, file));
  }

  /** Where a connection's posts are taken. */
  doorUrl(connection: string, tenant = this.tenant): string {
    const [found] = this.running.door?.receivers ?? [];
    if (found === undefined) throw new Error('no door is open');
    return new URL(`/in/${tenant}/${connection}`, found.url).href;
  }

  isHearing(connection: string, stream: string): Promise<boolean> {
    return isRunning(this.running.runtime.temporal, { workflowId: subscriptionId(this.tenant, connection, stream) });
  }

  async decisionsOf(lead: string, tenant = this.tenant): Promise<readonly Decision[]> {
    const story = await this.running.runtime.ledger.history(tenant, `lead/${lead}`);
    return story.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision] : []));
  }

  /** The digest of a use case's policy as it is in force. */
  async policyOf(usecase = 'lead-scoring'): Promise<string | undefined> {
    return (await this.running.runtime.ledger.tenants.list(this.tenant))[0]?.policies[usecase];
  }
}

function open(line: Line, state: string, load: LoadOptions): Promise<Signalbox> {
  const folder = path.dirname(line.tenantFile);
  let started: readonly TenantVersion[] = [];
  return startSignalbox(
    {
      ...line.runtime,
      ledger: { folder: ledgerFolder(state) },
      stateDir: path.join(projectRoot, '.signalbox'),
      listen: { host: '127.0.0.1', port: 0 },
      tenants: async (ledger) => {
        const settled = await settleVersions(ledger, [readTenantFile(line.tenantFile, load)], load, folder);
        started = settled.versions;
        return settled.tenants;
      },
    },
    undefined,
    () => ({ folder, load: () => Promise.resolve(load), started, everyMs: 200 }),
  );
}
