import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { leadFields, type NativeLead } from './lead-fields';
import { answered, Simulator } from './simulator';

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

/** The demo's Salesforce. */
export class Org {
  private token = '';

  private constructor(
    private readonly simulator: Simulator<Endpoints>,
    readonly caFile: string,
  ) {}

  /** @param dir where its options and certificate are written */
  static async start(dir: string): Promise<Org> {
    const fields = leadFields.map(({ name, type }) => ({ name, type }));
    const simulator = await Simulator.start<Endpoints>('salesforce', dir, {
      fields: { Lead: fields, Case: [{ name: 'Topic__c', type: 'string' }] },
    });
    const caFile = path.join(dir, 'salesforce-ca.pem');
    await writeFile(caFile, simulator.endpoints.caCertPem);
    const org = new Org(simulator, caFile);
    await org.logIn();
    return org;
  }

  get endpoints(): Endpoints {
    return this.simulator.endpoints;
  }

  /** Creates a lead as a sales person would; its id. */
  async createLead(lead: NativeLead): Promise<string> {
    const { id } = (await this.rest('POST', '/sobjects/Lead', lead)) as { id: string };
    return id;
  }

  /** Creates a case as a form on the web would; its id. */
  async createCase(fields: Readonly<Record<string, string>>): Promise<string> {
    const { id } = (await this.rest('POST', '/sobjects/Case', fields)) as { id: string };
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
    await this.simulator.admin('POST', '/convert-lead', { leadId });
  }

  async completeTask(taskId: string): Promise<void> {
    await this.simulator.admin('POST', '/complete-task', { taskId });
  }

  async fault(request: Readonly<Record<string, unknown>>): Promise<void> {
    await this.simulator.admin('POST', '/faults', request);
  }

  async records(object: string): Promise<readonly OrgRecord[]> {
    return (await this.simulator.admin('GET', `/records/${object}`)) as readonly OrgRecord[];
  }

  async events(topic: string): Promise<readonly PublishedEvent[]> {
    return (await this.simulator.admin(
      'GET',
      `/events?topic=${encodeURIComponent(topic)}`,
    )) as readonly PublishedEvent[];
  }

  async writes(): Promise<readonly OrgWrite[]> {
    return (await this.simulator.admin('GET', '/writes')) as readonly OrgWrite[];
  }

  stop(): Promise<void> {
    return this.simulator.stop();
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
}
