import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../services/runtime';
import { leadFields, type NativeLead } from './lead-fields';

/** What the simulator prints when it is ready. */
interface Endpoints {
  readonly baseUrl: string;
  readonly grpcAddress: string;
  readonly caCertPem: string;
  readonly adminUrl: string;
  readonly clients: Readonly<Record<string, { readonly clientId: string; readonly clientSecret: string }>>;
}

/** A change event as the org published it. */
export interface PublishedEvent {
  readonly id: string;
  /** Epoch ms of publication. */
  readonly at: number;
  readonly decoded?: {
    readonly ChangeEventHeader?: {
      readonly recordIds: readonly string[];
      readonly transactionKey: string;
      readonly changeType: string;
      readonly changeOrigin: string;
    };
  };
}

interface CollectionRow {
  readonly id: string;
  readonly success: boolean;
  readonly errors: readonly unknown[];
}

/** A write that the org took through REST. */
export interface OrgWrite {
  /** Epoch ms */
  readonly at: number;
  readonly clientId?: string;
  readonly object: string;
  readonly operation: string;
  readonly recordId?: string;
  readonly created?: boolean;
}

export type OrgRecord = Readonly<Record<string, unknown>> & { readonly Id: string };

/** The demo's Salesforce: the simulator in a process of its own, used over its public protocols only. */
export class Org {
  private token = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoints: Endpoints,
    readonly caFile: string,
  ) {}

  /** @param dir where its options and certificate are written */
  static async start(dir: string): Promise<Org> {
    const options = path.join(dir, 'salesforce.json');
    const fields = leadFields.map(({ name, type }) => ({ name, type }));
    await writeFile(options, JSON.stringify({ fields: { Lead: fields } }));
    const main = path.join(projectRoot, 'dist', 'simulators', 'salesforce', 'main.js');
    const child = spawn(process.execPath, [main, '--options', options], { stdio: ['ignore', 'pipe', 'inherit'] });
    const endpoints = await firstLine(child);
    const caFile = path.join(dir, 'salesforce-ca.pem');
    await writeFile(caFile, endpoints.caCertPem);
    const org = new Org(child, endpoints, caFile);
    await org.logIn();
    return org;
  }

  /** Creates a lead as a sales person would; its id. */
  async createLead(lead: NativeLead): Promise<string> {
    const { id } = (await this.rest('POST', '/sobjects/Lead', lead)) as { id: string };
    return id;
  }

  async updateLead(id: string, fields: NativeLead): Promise<void> {
    await this.rest('PATCH', `/sobjects/Lead/${id}`, fields);
  }

  /** Creates or changes up to 200 leads in one request; their ids. Throws where one is refused. */
  async writeLeads(method: 'POST' | 'PATCH', leads: readonly NativeLead[]): Promise<readonly string[]> {
    const records = leads.map((lead) => ({ attributes: { type: 'Lead' }, ...lead }));
    const answers = (await this.rest(method, '/composite/sobjects', {
      records,
      allOrNone: true,
    })) as readonly CollectionRow[];
    const refused = answers.find(({ success }) => !success);
    if (refused !== undefined) throw new Error(`the org refused a lead: ${JSON.stringify(refused.errors)}`);
    return answers.map(({ id }) => id);
  }

  async convertLead(leadId: string): Promise<void> {
    await this.admin('POST', '/convert-lead', { leadId });
  }

  async completeTask(taskId: string): Promise<void> {
    await this.admin('POST', '/complete-task', { taskId });
  }

  async fault(request: Readonly<Record<string, unknown>>): Promise<void> {
    await this.admin('POST', '/faults', request);
  }

  async records(object: string): Promise<readonly OrgRecord[]> {
    return (await this.admin('GET', `/records/${object}`)) as readonly OrgRecord[];
  }

  async events(topic: string): Promise<readonly PublishedEvent[]> {
    return (await this.admin('GET', `/events?topic=${encodeURIComponent(topic)}`)) as readonly PublishedEvent[];
  }

  async writes(): Promise<readonly OrgWrite[]> {
    return (await this.admin('GET', '/writes')) as readonly OrgWrite[];
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  private async logIn(): Promise<void> {
    const { clientId = '', clientSecret = '' } = this.endpoints.clients.sales ?? {};
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const response = await fetch(`${this.endpoints.baseUrl}/services/oauth2/token`, { method: 'POST', body });
    this.token = ((await answered(response)) as { access_token: string }).access_token;
  }

  private async rest(method: string, resource: string, body: unknown): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const url = `${this.endpoints.baseUrl}/services/data/v62.0${resource}`;
    return answered(await fetch(url, { method, headers, body: JSON.stringify(body) }));
  }

  private async admin(method: string, resource: string, body?: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return answered(await fetch(`${this.endpoints.adminUrl}${resource}`, { method, headers, ...sent }));
  }
}

async function answered(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

async function firstLine(child: ChildProcess): Promise<Endpoints> {
  if (child.stdout === null) throw new Error('the simulator has no output');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [''])])) as [string];
  lines.close();
  if (line === '') throw new Error('the Salesforce simulator ended before it was ready');
  return JSON.parse(line) as Endpoints;
}
