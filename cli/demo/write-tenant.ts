import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { leadFields } from './lead-fields';

/** Where the demo's CRM listens and how to log on to it. */
export interface DemoOrg {
  readonly baseUrl: string;
  /** `host:port` */
  readonly pubsubEndpoint: string;
  /** File with the certificate authority of the Pub/Sub endpoint, PEM. */
  readonly pubsubCaFile: string;
}

/** Environment variables that the tenant's file refers to. */
export const demoSecrets = {
  clientId: 'SIGNALBOX_DEMO_CLIENT_ID',
  clientSecret: 'SIGNALBOX_DEMO_CLIENT_SECRET',
} as const;

/** Writes the demo's tenant as an integration team would. */
export async function writeTenant(file: string, org: DemoOrg): Promise<void> {
  const attributes = leadFields.flatMap(({ name, attribute }) => (attribute === undefined ? [] : [[attribute, name]]));
  const tenant = {
    tenant: 'demo',
    connections: {
      sales: {
        connector: 'salesforce',
        baseUrl: org.baseUrl,
        pubsubEndpoint: org.pubsubEndpoint,
        pubsubCa: `file:${org.pubsubCaFile}`,
        auth: {
          kind: 'client-credentials',
          clientId: `env:${demoSecrets.clientId}`,
          clientSecret: `env:${demoSecrets.clientSecret}`,
        },
        subscribe: ['/data/LeadChangeEvent', '/data/CaseChangeEvent', '/data/TaskChangeEvent'],
        start: 'earliest',
        requestsPerSecond: 200,
        onGap: 'backfill',
        mapping: { lead: Object.fromEntries(attributes) as Record<string, string> },
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'sales',
        when: "$not(record.isConverted = true) and record.status != 'Closed - Not Converted'",
        bands: { hot: 0.5, warm: 0.25 },
        act: {
          hot: [
            { task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high', assignTo: 'owner' } },
            { set: { field: 'Rating', value: 'Hot' } },
            { set: { field: 'Signalbox_Score__c', value: '{{percent}}' } },
            { set: { field: 'Signalbox_Reasons__c', value: '{{reasons}}' } },
          ],
          warm: [
            { set: { field: 'Rating', value: 'Warm' } },
            { set: { field: 'Signalbox_Score__c', value: '{{percent}}' } },
          ],
        },
        approval: 'none',
        outcome: { won: 'record.isConverted', within: 'P30D' },
      },
      'case-classification': {
        connection: 'sales',
        bands: { sure: 0.6, unsure: 0 },
        act: {
          sure: [{ set: { field: 'Topic__c', value: '{{label}}' } }],
          unsure: [{ task: { subject: 'Is "{{record.subject}}" about {{label}}?', body: '{{ranking}}', due: 'P1D' } }],
        },
        outcome: { within: 'P30D' },
      },
    },
  };
  await writeFile(
    file,
    `# Written by signalbox demo; a tenant's file is explained in docs/tenants.md.\n${stringify(tenant)}`,
  );
}
