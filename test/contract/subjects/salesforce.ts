import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { CanonicalEvent } from '../../../canonical-schema/event';
import { isoFromText } from '../../../canonical-schema/time';
import { salesforce } from '../../../connectors/salesforce';
import type { SalesforceConfig } from '../../../connectors/salesforce/config';
import { type RunningSalesforce, startSalesforce } from '../../../simulators/salesforce';
import { goldensIn } from '../goldens';
import { readmeExamples } from '../readme-examples';
import type { ContractSubject, Crm, WrittenRecord } from '../subject';
import { openDoor } from '../door';
import { MemoryInbox } from '../memory-inbox';

const stream = '/data/LeadChangeEvent';

/** A decoded change event of the Pub/Sub API, as `readNatives` takes it. */
function change(changeType: string, recordIds: readonly string[], fields: Readonly<Record<string, unknown>>) {
  const header = {
    entityName: 'Lead',
    recordIds,
    changeType,
    changeOrigin: 'com/salesforce/api/rest/62.0;client=SalesConsole',
    transactionKey: '0008b6a1-4e2c-7b6f-0b1d-2a7c5e9d3f10',
    sequenceNumber: 1,
    commitTimestamp: 1_772_357_400_000,
    commitNumber: '1720911231762341890',
    commitUser: '005Kj000002gPq1IAE',
    nulledFields: [],
    diffFields: [],
    changedFields: Object.keys(fields),
  };
  return { ChangeEventHeader: header, ...fields };
}

const ids = ['00QKj00000Gn5y1MAB', '00QKj00000Gn5y2MAB', '00QKj00000Gn5y3MAB'];
const payloads = {
  update: change('UPDATE', ids.slice(0, 1), {
    Status: 'Working - Contacted',
    AnnualRevenue: 1250000.5,
    LastModifiedDate: 1_772_357_400_000,
  }),
  many: change('UPDATE', ids, { OwnerId: '005Kj000002gPq1IAE' }),
  gap: change('GAP_UPDATE', ids.slice(0, 1), {}),
  overflow: change('GAP_OVERFLOW', ['000000000000000AAA'], {}),
  cometd: {
    channel: '/data/LeadChangeEvent',
    data: {
      schema: 'mN4qT0Zy8VxRk2bD7sLw1Q',
      payload: {
        ...change('CREATE', ids.slice(0, 1), {}),
        LastName: 'Lopez',
        Company: 'Northwind',
        CreatedDate: '2026-03-01T09:30:00Z',
      },
      event: { replayId: 4711 },
    },
  },
  record: {
    attributes: { type: 'Lead' },
    Id: ids[0],
    LastName: 'Lopez',
    SystemModstamp: '2026-03-01T09:30:00.000+0000',
  },
};

/** An outbound message about leads. */
function outboundOf(leads: readonly string[], organizationId = '00DKj00000Gn5y1MAB', head = ''): string {
  const notifications = leads.map(
    (id, n) =>
      `<Notification><Id>04lKj00000Gn5y${n}MAB</Id><sObject xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>${id}</sf:Id><sf:Company>A &amp; B</sf:Company><sf:LastModifiedDate>2026-03-01T09:30:00.000Z</sf:LastModifiedDate></sObject></Notification>`,
  );
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${organizationId}</OrganizationId><ActionId>04kKj00000Gn5y1MAB</ActionId><SessionId xsi:nil="true"/>${head}${notifications.join('')}</notifications></soapenv:Body></soapenv:Envelope>`;
}

function nativeOf(payload: unknown): unknown {
  return salesforce.readNatives(payload, () => undefined)[0];
}

/** Salesforce, heard over one of its protocols and written to, on loopback. */
export const heardOver = (transport: 'pubsub' | 'cometd'): ContractSubject => ({
  connector: salesforce,
  ...(transport === 'pubsub' ? {} : { binding: transport }),
  start: () => startCrm(transport),
  ...(transport === 'pubsub' ? { transports: { 'outbound messages': startOutbound } } : {}),
  goldens: goldensIn('connectors/salesforce/fixtures'),
  special: {
    multiRecord: { native: nativeOf(payloads.many), records: ids.length },
    gap: nativeOf(payloads.gap),
    wildcard: nativeOf(payloads.overflow),
  },
  payloads: [...Object.values(payloads), outboundOf(ids)],
  readmeExamples: readmeExamples('connectors/salesforce/README.md'),
  ownWords: {
    loginUrl: 'sandboxes and private log-in domains ask for tokens elsewhere than at the org',
    pubsubEndpoint: 'events come from another host than the REST API, one for all orgs of a region',
    pubsubCa: 'a private authority may stand before that host',
    apiVersion: 'Salesforce keeps many versions of its REST API alive',
    silenceSeconds: 'only the Pub/Sub API promises a keepalive within a known time',
    taskKeyField: 'the key of an action needs a custom field, whose name is the org’s',
    caseOrigin: 'where a case came from is a choice of Salesforce that reports are made by',
    bulkAbove: 'Salesforce counts requests by the day, and has an API of its own for many records',
    managedSubscription: 'Salesforce can keep a subscription’s place itself',
    outboundMessages:
      'Salesforce calls us with nothing to prove itself by but the address, so that has to hold a secret',
    transport: 'Salesforce tells events over two APIs, and not every network lets the newer one through',
  },
});

export const subject = heardOver('pubsub');

/** The same organisation: a flow sends an outbound message about each record that is written. */
async function startOutbound(): Promise<Crm> {
  const door = await openDoor();
  const inbox = new MemoryInbox();
  const key = 'a-secret-of-this-test';
  const url = `${door.url}/${key}`;
  const outbound = '/outbound/Lead';
  const org = await startSalesforce({ outboundRetryMs: 10 });
  const inner = crmOf(org, 'pubsub');
  const config = { ...inner.config, subscribe: [outbound], outboundMessages: { key } };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const first = await salesforce.connect(config as unknown as SalesforceConfig, { log, now: Date.now, inbox });
  // Somebody is there from the first message on: those that wait come in any order.
  door.open(first);
  return {
    ...inner,
    config,
    stream: outbound,
    inbox,
    opened: (connection) => {
      door.open(connection);
    },
    write: async (record, mark) => {
      const written = await inner.write(record, mark);
      org.admin.sendOutbound({ url, ids: [written.id], fields: ['Company', 'SystemModstamp'] });
      await org.admin.outboundIdle();
      return written;
    },
    handedOut: () => Promise.resolve(inbox.handedOut),
    faults: {
      ...inner.faults,
      expirePositions: async () => {
        await inbox.append(outbound, [Buffer.from('{}')]);
        await inbox.release(outbound, await inbox.newest(outbound));
      },
      expireTokens: () =>
        Promise.resolve().then(() => {
          org.admin.fault({ kind: 'tokenExpiry' });
        }),
      poison: async () => {
        const body = outboundOf([], org.orgId, '<Notification><Id>04lKj00000Gn5y9MAB</Id></Notification>');
        await fetch(url, { method: 'POST', body });
      },
    },
    stop: async () => {
      await first.close();
      await inner.stop();
      await door.close();
    },
  };
}

async function startCrm(transport: 'pubsub' | 'cometd'): Promise<Crm> {
  return transport === 'pubsub' ? crmOf(await startSalesforce(), transport) : startStreaming();
}

/**
 * The same organisation over the Streaming API, whose one answer holds all that is stored. What of it the system's buffers hold is
 * not read: counted are the events that fit the bytes which this process took off its connections, and they are large, since it
 * takes bytes by the block.
 */
async function startStreaming(): Promise<Crm> {
  const notes = { name: 'Notes__c', type: 'textarea', length: 131_072 } as const;
  const org = await startSalesforce({ fields: { Lead: [notes] } });
  const streaming = readFrom(Number(new URL(org.baseUrl).port));
  const inner = crmOf(org, 'cometd');
  let written = 0;
  return {
    ...inner,
    write: async (record, mark) => {
      const lead = await inner.write(record, mark, { [notes.name]: `${written++} `.padEnd(100_000, 'x') });
      return lead;
    },
    handedOut: () => Promise.resolve(Math.floor(streaming.bytes() / 100_000)),
    stop: async () => {
      streaming.stop();
      await inner.stop();
    },
  };
}

/** How many bytes this process took off the connections that it made to a port. */
function readFrom(port: number): { readonly bytes: () => number; readonly stop: () => void } {
  const sockets: Socket[] = [];
  const made = (message: unknown): void => {
    sockets.push((message as { readonly socket: Socket }).socket);
  };
  subscribe('net.client.socket', made);
  return {
    bytes: () =>
      sockets.filter(({ remotePort }) => remotePort === port).reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    stop: () => unsubscribe('net.client.socket', made),
  };
}

interface OrgCrm extends Crm {
  /** @param more further fields of what is written */
  write(record: number, mark: string, more?: Readonly<Record<string, string>>): Promise<WrittenRecord>;
}

function crmOf(org: RunningSalesforce, transport: 'pubsub' | 'cometd'): OrgCrm {
  const { admin } = org;
  const records = new Map<number, string>();
  const done = (effect: () => void): Promise<void> => Promise.resolve().then(effect);
  const keyedIn =
    (object: string) =>
    (actionId: string): Promise<number> =>
      Promise.resolve(
        admin.records(object).filter((row) => row.Signalbox_Key__c === actionId && row.IsDeleted !== true).length,
      );
  const tasksOf = keyedIn('Task');
  return {
    config: { ...configOf(org), transport },
    stream,
    settableField: 'Title',
    write: (record, mark, more = {}) => {
      const known = records.get(record);
      if (known === undefined)
        records.set(record, admin.create('Lead', { LastName: `Lopez ${record}`, Company: mark, ...more }));
      else admin.update(known, { Company: mark, ...more });
      return Promise.resolve({ entity: 'lead', id: records.get(record) ?? '' });
    },
    markOf: (event: CanonicalEvent) => event.data.record.company as string | undefined,
    versionOf: async (id) => {
      const version = versionOf(org, id);
      await nextSecond();
      return version;
    },
    tasksOf,
    notesOf: tasksOf,
    casesOf: keyedIn('Case'),
    handedOut: () => Promise.resolve(admin.delivered()),
    faults: {
      expirePositions: () =>
        done(() => {
          admin.fault({ kind: 'expiredReplayId' });
        }),
      expireTokens: () =>
        done(() => {
          admin.fault({ kind: 'tokenExpiry', streams: true });
        }),
      poison: () =>
        done(() => {
          admin.fault({ kind: 'truncatedAvro', object: 'Lead' });
        }),
      loseNextAnswer: () =>
        done(() => {
          admin.fault({ kind: 'dropResponse' });
        }),
      refuseNextWrite: (retryAfter) =>
        done(() => {
          admin.fault({ kind: 'serverUnavailable', retryAfter });
        }),
    },
    stop: org.stop,
  };
}

function configOf({ baseUrl, grpcAddress, caCertPem, clients }: RunningSalesforce): Readonly<Record<string, unknown>> {
  const { clientId, username, privateKeyPem } = clients.integration ?? {};
  return {
    connector: 'salesforce',
    baseUrl,
    loginUrl: baseUrl,
    pubsubEndpoint: grpcAddress,
    pubsubCa: caCertPem,
    auth: { kind: 'jwt-bearer', clientId, username, privateKey: privateKeyPem },
    subscribe: [stream],
    requestsPerSecond: 200,
  };
}

function versionOf({ admin }: RunningSalesforce, id: string): string {
  const record = admin.records('Lead').find(({ Id }) => Id === id);
  const version = isoFromText(String(record?.SystemModstamp));
  if (version === undefined) throw new Error(`no lead ${id}, or it has no SystemModstamp`);
  return version;
}

/** Versions are instants in whole seconds: only what is written after this one has another version. */
async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
}
