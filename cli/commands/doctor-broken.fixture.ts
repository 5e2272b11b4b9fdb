import type { Settings } from '../../test/doctor-stages';

/** One setting that is broken, and what doctor says of it. */
export interface Broken {
  /** Settings in place of the good ones. */
  readonly with?: (good: Settings) => Settings;
  readonly env?: Readonly<Record<string, string>>;
  readonly what: RegExp;
  readonly why: RegExp;
  readonly fix: RegExp;
}

export type Table = Readonly<Record<string, Broken>>;

const nowhere = 'http://127.0.0.1:9';

const set = (more: Settings) => (good: Settings) => ({ ...good, ...more });
const without = (name: string) => (good: Settings) =>
  Object.fromEntries(Object.entries(good).filter(([known]) => known !== name));
const within = (name: string, more: Settings) => (good: Settings) => ({
  ...good,
  [name]: { ...(good[name] as object), ...more },
});

const withinRfc = (name: string, more: Settings) => (good: Settings) => {
  const rfc = good['rfc'] as Settings;
  return { ...good, rfc: { ...rfc, [name]: { ...(rfc[name] as object), ...more } } };
};

/** @param expired address of a server whose certificate has ended */
export const ofSalesforce = (expired: () => string): Table => ({
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /^.*acme$/, why: /invalid/, fix: /salesforce\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme/, why: /ECONNREFUSED|fetch|reach/, fix: /README/ },
  'a topic that is not there': {
    with: set({ subscribe: ['/data/LeadChangeEvent', '/data/Nope__ChangeEvent'] }),
    ...{ what: /topic \/data\/Nope__ChangeEvent/, why: /./, fix: /Change Data Capture: select the object/ },
  },
  'a platform event that is not there': {
    with: set({ subscribe: ['/event/Nope__e'] }),
    ...{ what: /topic \/event\/Nope__e/, why: /./, fix: /Platform Events: the event must exist/ },
  },
  'no key field': {
    with: set({ taskKeyField: 'Nope__c' }),
    ...{ what: /field Task\.Nope__c/, why: /does not exist/, fix: /Object Manager > Activity > Fields/ },
  },
  'a server whose certificate has expired': {
    with: (good) => ({ ...good, pubsubEndpoint: expired() }),
    ...{
      what: /certificate of 127\.0\.0\.1:\d+$/,
      why: /expired on \d{4}-\d\d-\d\d/,
      fix: /renewed by whoever runs it/,
    },
  },
  'an authority whose certificate has expired': {
    with: set({ pubsubCa: 'file:ended.crt' }),
    ...{ what: /certificate in pubsubCa/, why: /expired on/, fix: /pubsubCa.*salesforce\/README/ },
  },
});

export const ofSalesforceByJwt: Table = {
  'a signing certificate that has expired': {
    with: within('auth', { privateKey: 'file:ended-jwt.pem' }),
    ...{
      what: /certificate in auth\.privateKey/,
      why: /expired on/,
      fix: /upload the certificate in the connected app/,
    },
  },
  'a signing certificate that expires soon': {
    with: within('auth', { privateKey: 'file:ending-jwt.pem' }),
    ...{
      what: /certificate in auth\.privateKey/,
      why: /expires on/,
      fix: /upload the certificate in the connected app/,
    },
  },
  'a key that the connected app does not know': {
    with: within('auth', { privateKey: 'file:good.key' }),
    ...{ what: /acme$/, why: /invalid_grant/, fix: /salesforce\/README/ },
  },
};

export const ofDynamics365: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /acme$/, why: /AADSTS7000215/, fix: /dynamics365\/README/ },
  'a wrong directory': {
    with: (good) => ({ ...good, auth: { ...(good['auth'] as object), directoryId: 'nobody.example' } }),
    ...{ what: /acme$/, why: /AADSTS90002|nobody/, fix: /README/ },
  },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme$/, why: /ECONNREFUSED|AADSTS/, fix: /README/ },
  'a table that is not there': {
    with: set({ subscribe: ['lead', 'new_nope'] }),
    ...{ what: /table new_nope/, why: /./, fix: /Application users|subscribe/ },
  },
  'a table whose changes are not tracked': {
    with: set({ subscribe: ['lead', 'systemuser'] }),
    ...{ what: /changes of systemuser/, why: /not enabled/, fix: /Track changes/ },
  },
  'no webhook': {
    with: without('webhook'),
    ...{ what: /webhook/, why: /nothing that Dataverse posts is taken/, fix: /add webhook/ },
  },
  'a webhook that Dataverse does not know': {
    with: within('webhook', { url: 'http://127.0.0.1:9/in/acme/other' }),
    ...{ what: /webhook/, why: /no service endpoint posts to/, fix: /signalbox connect dynamics365/ },
  },
  'a table without steps': {
    with: set({ subscribe: ['lead', 'contact'] }),
    ...{
      what: /steps of contact/,
      why: /tells Create, Update, Delete of contact/,
      fix: /signalbox connect dynamics365/,
    },
  },
  'a step that was switched off': {
    ...{ what: /steps of task/, why: /tells Update of task/, fix: /signalbox connect dynamics365/ },
  },
};

export const ofServiceBus: Table = {
  'a wrong key': { env: { BUS_KEY: 'd3Jvbmc=' }, what: /queue dataverse/, why: /./, fix: /check the credentials/ },
  'a queue that is not there': {
    with: within('serviceBus', { queue: 'nope' }),
    ...{ what: /queue nope/, why: /./, fix: /queue/ },
  },
  'an address where no namespace is': {
    with: within('serviceBus', { url: 'amqp://127.0.0.1:9' }),
    ...{ what: /queue dataverse/, why: /./, fix: /address|network/ },
  },
};

const certified = (certificate: string, key: string) =>
  within('notifications', {
    certificates: [{ id: 'c1', certificate: `file:${certificate}.crt`, privateKey: `file:${key}.key` }],
  });

export const ofGraph: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /acme/, why: /AADSTS7000215/, fix: /graph\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme/, why: /AADSTS70011/, fix: /graph\/README/ },
  'a mailbox that is not there': {
    with: set({ subscribe: ['users/0c8f7d1e-0000-4000-8000-000000000009/messages'] }),
    ...{ what: /users\/0c8f7d1e/, why: /./, fix: /API permissions/ },
  },
  'no notifications': {
    with: without('notifications'),
    ...{ what: /subscriptions/, why: /nothing that Graph posts is taken/, fix: /add notifications/ },
  },
  'no subscription': { what: /subscriptions/, why: /none to users/, fix: /signalbox connect graph/ },
  'an encryption certificate that has expired': {
    with: certified('ended', 'ended'),
    ...{ what: /encryption certificate c1/, why: /expired on/, fix: /make a new certificate.*graph\/README/ },
  },
  'an encryption certificate that expires soon': {
    with: certified('ending', 'ending'),
    ...{ what: /encryption certificate c1/, why: /expires on/, fix: /make a new certificate/ },
  },
  'an encryption certificate with the key of another': {
    with: certified('good', 'ending'),
    ...{ what: /encryption certificate c1/, why: /private key is not the one/, fix: /make a new certificate/ },
  },
  'a calendar that nobody consented to': {
    with: (good) => ({
      ...good,
      subscribe: [String((good['subscribe'] as string[])[0]).replace('messages', 'events')],
    }),
    ...{
      what: /permission Calendars\.Read/,
      why: /no administrator has consented/,
      fix: /API permissions: add .*Calendars\.Read/,
    },
  },
  'tasks that nobody consented to': {
    with: (good) => ({
      ...good,
      taskList: String((good['subscribe'] as string[])[0]).replace('messages', 'todo/lists/l/tasks'),
    }),
    ...{ what: /permission Tasks\.ReadWrite\.All/, why: /no administrator has consented/, fix: /Grant admin consent/ },
  },
};

export const ofSap: Table = {
  'a wrong password': { env: { PASSWORD: 'wrong' }, what: /service/, why: /401/, fix: /correct `auth`.*sap\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /service/, why: /ECONNREFUSED|fetch/, fix: /README/ },
  'an object that is not there': {
    with: set({ objects: ['Nope'] }),
    what: /object Nope/,
    why: /OData/,
    fix: /objects/,
  },
  'nobody who may push': {
    with: without('inbound'),
    ...{ what: /inbound/, why: /nobody who pushes can prove/, fix: /inbound/ },
  },
  'a folder of IDocs that is not there': {
    with: set({ subscribe: ['events', 'idocs'], idoc: { folder: '/nowhere/at/all' } }),
    ...{ what: /folder \/nowhere/, why: /ENOENT/, fix: /make it/ },
  },
};

export const ofRfc: Table = {
  'a wrong password': { env: { RFC_PASSWORD: 'wrong' }, what: /RFC$/, why: /incorrect/, fix: /rfc\.connection/ },
  'a gateway that does not answer': {
    with: withinRfc('connection', { ashost: nowhere }),
    ...{ what: /RFC$/, why: /./, fix: /gateway can be reached/ },
  },
  'a field that the structure does not have': {
    with: withinRfc('activity', { fields: { NOPE: '0001' } }),
    ...{ what: /structure BAPI_BUS1037_VBKAKOM_CR/, why: /it has no NOPE/, fix: /SE11/ },
  },
};

export const ofC4c: Table = {
  'a wrong password': { env: { PASSWORD: 'wrong' }, what: /service/, why: /401/, fix: /correct `auth`.*sap\/README/ },
  'no key field': {
    with: set({ taskKeyField: 'Nope_KUT' }),
    ...{ what: /field Task\.Nope_KUT/, why: /second task/, fix: /key user tools/ },
  },
};

export const ofEventMesh: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /queue/, why: /./, fix: /secret|service key|client/i },
  'a queue that is not there': {
    with: within('eventMesh', { queue: 'nope' }),
    what: /queue .*nope/,
    why: /./,
    fix: /queue/,
  },
  'an address where no broker is': {
    with: within('eventMesh', { url: 'amqp://127.0.0.1:9' }),
    ...{ what: /queue/, why: /./, fix: /address|network/ },
  },
};

export const ofCloudevents: Table = {
  'an issuer that does not answer': {
    with: (good) => ({ ...good, auth: { ...(good['auth'] as object), jwksUrl: `${nowhere}/jwks.json` } }),
    ...{ what: /keys at/, why: /./, fix: /correct jwksUrl.*cloudevents\/README/ },
  },
};

/** Findings that are there also when nothing is broken by the table. */
export const usual: Readonly<Record<string, readonly RegExp[]>> = {
  'Dynamics 365': [/steps of task/],
  'Microsoft Graph': [/subscriptions/],
};
