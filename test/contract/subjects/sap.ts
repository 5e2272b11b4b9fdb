import type { CanonicalEvent } from '../../../canonical-schema/event';
import { sap } from '../../../connectors/sap';
import { type RunningSap, startSap } from '../../../simulators/sap';
import { openDoor } from '../door';
import { goldensIn } from '../goldens';
import { MemoryInbox } from '../memory-inbox';
import { readmeExamples } from '../readme-examples';
import type { ContractSubject, Crm } from '../subject';

const accounts = 'CorporateAccountCollection';
/** Who pushes. */
export const webhook = { user: 'EVENTMESH', password: 'a-password-of-the-webhook' };

const changed = {
  type: 'sap.s4.beh.businesspartner.v1.BusinessPartner.Changed.v1',
  specversion: '1.0',
  source: '/default/sap.s4.beh/QM7CLNT200',
  id: 'a7f0c2d4-1b9e-1eef-a3c1-9d02be01f7aa',
  time: '2026-03-02T07:15:09Z',
  datacontenttype: 'application/json',
  data: { BusinessPartner: '0000000007' },
};
const image = { id: '6f0b2a8e-58c1-4d0e-9d3f-0b7a1c2d3e4f', displayId: '30041', formattedName: 'Pumpen Maier' };
const payloads = {
  changed,
  images: {
    id: 'e4b0c1d2-0000-4a4a-8b8b-111122223333',
    specversion: '0.2',
    type: 'sap.ssc.md.accountservice.entity.account',
    source: '5f1e00c4a1b2c3d4e5f60718',
    subject: image.id,
    time: '2026-03-02T07:15:09.123456789Z',
    data: {
      beforeImage: { ...image, isProspect: true, extensions: { Score: 47 } },
      currentImage: {
        ...image,
        isProspect: false,
        extensions: { Score: 63.5 },
        adminData: { updatedOn: '2026-03-02T07:15:09.100Z' },
      },
      dataContext: { requestedByUser: 'b8adfb7e-50f3-11f0-a28d-fd9b4de46c56' },
    },
  },
  row: {
    d: {
      results: [
        {
          __metadata: { type: 'c4codata.Task', etag: 'W/"1"' },
          ObjectID: '00163E5A11CE1EE8B2F4C3D2E1F00001',
          Subject: { content: 'Call', languageCode: 'E' },
          Status: '1',
          CompletionPercent: '0.00',
          DueDateTime: '/Date(1772435709849)/',
          EntityLastChangedOn: '/Date(1772435709849)/',
        },
      ],
    },
  },
  idoc:
    '<DEBMAS07><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><MANDT>200</MANDT><DOCNUM>0000000000410077</DOCNUM><CREDAT>20260302</CREDAT></EDI_DC40>' +
    '<E1KNA1M SEGMENT="1"><KUNNR>0000100234</KUNNR><E1KNVKM SEGMENT="1"><PARNR>0000000042</PARNR></E1KNVKM>' +
    '<E1KNVKM SEGMENT="1"><PARNR>0000000043</PARNR></E1KNVKM></E1KNA1M></IDOC></DEBMAS07>',
  idocJson: { MATMAS05: { IDOC: { EDI_DC40: { DOCNUM: '1' }, E1MARAM: { MATNR: '0815' } } } },
};

function nativeOf(payload: unknown): unknown {
  return sap.readNatives(payload, () => undefined)[0];
}

/** SAP, pushing to a door on loopback and written over OData. */
export const subject: ContractSubject = {
  connector: sap,
  start: startCrm,
  transports: { 'Event Mesh': startMesh },
  goldens: goldensIn('connectors/sap/fixtures'),
  // SAP has no event about a whole entity.
  special: { multiRecord: { native: nativeOf(payloads.idoc), records: 3 }, gap: nativeOf(payloads.changed) },
  payloads: Object.values(payloads),
  readmeExamples: readmeExamples('connectors/sap/README.md'),
  ownWords: {
    note: 'a note is a text of a type and language, which are the system’s own',
    product: 'the OData services of SAP’s products have other paths, objects and rules',
    inbound: 'SAP pushes, and must prove who it is',
    idoc: 'IDocs also come as files, for systems that may not call out',
    rfc: 'a protocol of its own, by a library of SAP, beside OData',
    write: 'which of the two protocols creates tasks is the system’s matter',
    eventMesh: 'SAP has a message broker beside its systems, with an address and credentials of its own',
    objects: 'streams are of a system, not of an object, so what to read after a gap must be said',
    ownUsers: 'events name the user who wrote by another id than the one who logs in',
    taskKeyField: 'the key of an action needs an extension field, whose name is the tenant’s',
    v2: 'codes and paths of Sales and Service Cloud V2 that are each tenant’s, or that nobody could verify',
  },
};

async function startCrm(): Promise<Crm> {
  const system = await startSap({ redeliveryMs: 5 });
  const inbox = new MemoryInbox();
  const door = await openDoor();
  // Pushed from the start: as long as no connection is open it is refused, and pushed again.
  await system.admin.subscribe({
    endpoint: door.url,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
    exemptHandshake: true,
  });
  return {
    ...crmOf(system, inbox),
    opened: (connection) => {
      door.open(connection);
    },
    stop: async () => {
      await system.stop();
      await door.close();
    },
  };
}

/** The same system, its events taken from a queue of Event Mesh over AMQP 1.0. */
async function startMesh(): Promise<Crm> {
  const system = await startSap();
  const { admin, eventMesh, tokenUrl, clientId, clientSecret } = system;
  const queue = `${eventMesh.namespace}/signalbox`;
  admin.makeQueue(queue, [`${eventMesh.namespace}/ce/sap/*`]);
  const config = Object.fromEntries(Object.entries(configOf(system)).filter(([word]) => word !== 'inbound'));
  const inbox = new MemoryInbox();
  const auth = { kind: 'client-credentials', loginUrl: tokenUrl, clientId, clientSecret };
  return {
    ...crmOf(system, inbox),
    config: { ...config, eventMesh: { url: eventMesh.amqpUrl, queue, auth } },
    handedOut: () => Promise.resolve(admin.counts().handedOut),
    stop: () => system.stop(),
  };
}

/** What is the same however the events come. */
function crmOf(system: RunningSap, inbox: MemoryInbox): Crm {
  const { admin } = system;
  const records = new Map<number, string>();
  return {
    config: configOf(system),
    stream: 'events',
    settableField: 'AdditionalName',
    inbox,
    write: (record, mark) => {
      const known = records.get(record);
      if (known === undefined) records.set(record, admin.create(accounts, { Name: mark, RoleCode: 'CRM000' }));
      else admin.update(accounts, known, { Name: mark });
      return Promise.resolve({ entity: 'account', id: records.get(record) ?? '' });
    },
    markOf: (event: CanonicalEvent) => event.data.record.name as string | undefined,
    versionOf: (id) => Promise.resolve(versionOf(system, id)),
    tasksOf: (actionId) =>
      Promise.resolve(admin.tasks().filter(({ SignalboxKey_KUT: key }) => key === actionId).length),
    casesOf: (actionId) =>
      Promise.resolve(admin.tickets().filter(({ SignalboxKey_KUT: key }) => key === actionId).length),
    notesOf: (actionId) => {
      const isOf = ({ Text: text }: Readonly<Record<string, unknown>>): boolean =>
        String(text).split('\n').at(-1) === `Note ${actionId}`;
      return Promise.resolve(admin.notes('CorporateAccountTextCollection').filter(isOf).length);
    },
    handedOut: () => Promise.resolve(inbox.handedOut),
    faults: faultsOf(system, inbox),
    stop: () => system.stop(),
  };
}

/** What is caused alike, whichever of SAP's products is spoken with. */
export function faultsOf({ admin }: RunningSap, inbox: MemoryInbox): Crm['faults'] {
  const done = (effect: () => void): Promise<void> => Promise.resolve().then(effect);
  return {
    expirePositions: async () => {
      // One that nobody has read goes with them: otherwise the last position would still be good.
      await inbox.append('events', [Buffer.from('{}')]);
      await inbox.release('events', await inbox.newest('events'));
    },
    expireTokens: () =>
      done(() => {
        admin.fault({ kind: 'tokenExpiry', links: true });
      }),
    poison: () =>
      done(() => {
        admin.fault({ kind: 'poisonEvent' });
      }),
    loseNextAnswer: () =>
      done(() => {
        admin.fault({ kind: 'dropResponse' });
      }),
    refuseNextWrite: (retryAfter) =>
      done(() => {
        admin.fault({ kind: 'serverUnavailable', on: 'write', retryAfter });
      }),
  };
}

function configOf({ c4cUrl, basicUser, basicPassword, users }: RunningSap): Readonly<Record<string, unknown>> {
  return {
    connector: 'sap',
    product: 'c4c',
    baseUrl: c4cUrl,
    auth: { kind: 'basic', username: basicUser, password: basicPassword },
    inbound: { kind: 'basic', username: webhook.user, password: webhook.password },
    subscribe: ['events'],
    ownUsers: [users.api.id],
    requestsPerSecond: 200,
  };
}

function versionOf({ admin }: RunningSap, id: string): string {
  const { etag } = admin.record(accounts, id).__metadata as { readonly etag: string };
  return etag;
}
