import { cloudevents } from '../../../connectors/cloudevents';
import { Sender, startIssuer } from '../../../simulators/cloudevents';
import { openDoor } from '../door';
import { goldensIn } from '../goldens';
import { MemoryInbox } from '../memory-inbox';
import { readmeExamples } from '../readme-examples';
import type { ContractSubject, Crm } from '../subject';

const stream = 'events';
const audience = 'https://signalbox.example/in';

const interaction = {
  specversion: '1.0',
  id: 'A-17',
  source: '/web',
  type: 'com.acme.interaction.created.v1',
  time: '2026-03-01T09:30:00.123456Z',
  sequence: '00042',
  data: { id: 'call-7', channel: 'phone', direction: 'inbound', at: '2026-03-01T09:20:00.000Z', duration: 312 },
};
const payloads = [
  interaction,
  { ...interaction, id: 'A-18', type: 'com.acme.transaction.updated', data: { amount: '12.50', currency: 'EUR' } },
  { ...interaction, id: 'A-19', type: 'com.acme.basket', subject: 'basket/9', data: [1, { a: null }] },
  { ...interaction, id: 'A-20', data_base64: 'AAEC', datacontenttype: 'application/octet-stream' },
  { event: interaction, received: '2026-03-01T09:30:01.000Z' },
];

/** A channel that posts to the connection's door. */
export const subject: ContractSubject = {
  connector: cloudevents,
  start: startCrm,
  goldens: goldensIn('connectors/cloudevents/fixtures'),
  special: {},
  payloads,
  readmeExamples: readmeExamples('connectors/cloudevents/README.md'),
  ownWords: {
    channel: 'senders have no organisation of their own that could name them in ids',
    allowedOrigins: 'the handshake of the CloudEvents webhook specification names origins',
    maxBytes: 'how much a sender may say at once is the receiver’s to limit',
    maxEvents: 'how much a sender may say at once is the receiver’s to limit',
  },
};

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function startCrm(): Promise<Crm> {
  const issuer = await startIssuer();
  const door = await openDoor();
  const inbox = new MemoryInbox();
  let token = issuer.token(audience);
  const auth = {
    token: () => token,
    renew: () => {
      token = issuer.token(audience);
    },
  };
  const sender = new Sender({ url: door.url, auth });
  const config = {
    connector: 'cloudevents',
    channel: 'web',
    auth: { kind: 'bearer' as const, issuer: issuer.issuer, audience, jwksUrl: issuer.jwksUrl },
    subscribe: [stream],
    requestsPerSecond: 1_000,
  };
  // Channels send from the start, whether or not the suite has connected yet.
  door.open(await cloudevents.connect(config, { log: silent, now: Date.now, inbox }));
  let written = 0;
  const release = async (): Promise<void> => {
    await inbox.append(stream, [Buffer.from('x')]);
    await inbox.release(stream, await inbox.newest(stream));
  };
  return {
    config,
    stream,
    settableField: 'subject',
    write: async (record, mark) => {
      const id = `call-${record}`;
      const data = { id, channel: 'phone', subject: mark };
      const event = { id: `${++written}`, source: '/calls', type: 'com.acme.interaction.updated', data };
      const mode = (['structured', 'binary', 'batch'] as const)[written % 3];
      const { status, body } = await sender.send([event], mode);
      if (status !== 202) throw new Error(`the door answered ${status}: ${body}`);
      return { entity: 'interaction', id };
    },
    markOf: ({ data: { record } }) => (typeof record['subject'] === 'string' ? record['subject'] : undefined),
    versionOf: () => Promise.resolve('1'),
    tasksOf: () => Promise.resolve(0),
    handedOut: () => Promise.resolve(inbox.handedOut),
    inbox,
    opened: (connection) => {
      door.open(connection);
    },
    faults: {
      expirePositions: release,
      expireTokens: () => {
        token = issuer.token(audience, { exp: Math.floor(Date.now() / 1000) - 3_600 });
        return Promise.resolve();
      },
      poison: () => inbox.append(stream, [Buffer.from([0xff, 0x00, 0x7b])]),
      loseNextAnswer: () => Promise.resolve(),
      refuseNextWrite: () => Promise.resolve(),
    },
    stop: async () => {
      await door.close();
      await issuer.stop();
    },
  };
}
