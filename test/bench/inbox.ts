import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connections } from '../../activities/connections';
import { inboxOf } from '../../activities/inbox';
import { BrokerConnection } from '../../broker/connection';
import { Publisher } from '../../broker/publisher';
import { assertTopology } from '../../broker/topology';
import type { Inbox } from '../../connectors/contract';
import { cloudevents } from '../../connectors/cloudevents';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { provideAll } from '../../services/provision/provide';
import { openDoor } from '../../services/receive';
import { signature } from '../../simulators/cloudevents';
import type { Tenant } from '../../tenants/tenant';
import { MemoryInbox } from '../contract/memory-inbox';
import { hasPostgres, ownDatabase } from '../database';

/** Requests of one measurement; a tenth as many before it warm it up. */
const requests = 4_000;
const senders = [1, 16] as const;
const key = { id: 'bench', secret: 'b'.repeat(32) };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const config = { channel: 'bench', auth: { kind: 'hmac' as const, keys: [key] }, requestsPerSecond: 1e6 };
const tenant = {
  tenant: 'bench',
  file: '',
  partitions: 4,
  connections: { web: { name: 'web', connector: 'cloudevents', config, streams: ['events'], mapping: {} } },
  useCases: {},
} as unknown as Tenant;

/** One try of what is measured. */
type Once = (n: number) => Promise<void>;

/**
 * `node dist/test/bench/inbox.js`: what it costs to keep a pushed event before its sender is answered, over PGlite and
 * PostgreSQL; beside it, in the same run, the door without a ledger and the broker's confirm.
 */
async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(`${requests} requests of one event of ${body(0).length} bytes; everything on this machine`);
  say('what                                   senders   per second   p50 ms   p99 ms');
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  try {
    await measureDoor('door, kept in memory only', say, new MemoryInbox());
    await withLedger({ folder: join(dir, 'ledger') }, (ledger) => measureLedger('PGlite in a folder', say, ledger));
    if (hasPostgres) {
      const database = await ownDatabase(join(dir, 'state'));
      try {
        await withLedger({ url: database.url }, (ledger) => measureLedger('PostgreSQL', say, ledger));
      } finally {
        await database.stop();
      }
    } else say('PostgreSQL: none on this machine, and no DATABASE_URL');
    await measureBroker(say, join(dir, 'servers'));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function withLedger(options: Parameters<typeof openLedger>[0], use: (ledger: Ledger) => Promise<void>) {
  const ledger = await openLedger(options);
  try {
    await use(ledger);
  } finally {
    await ledger.close();
  }
}

async function measureLedger(name: string, say: (line: string) => void, ledger: Ledger): Promise<void> {
  const inbox = inboxOf(ledger, 'bench', 'alone');
  await measure(`${name}: append alone`, say, (n) => inbox.append('events', [Buffer.from(body(n))]));
  await measureDoor(`${name}: request at the door`, say, inboxOf(ledger, 'bench', 'web'));
}

async function measureDoor(name: string, say: (line: string) => void, inbox: Inbox): Promise<void> {
  const connections = new Connections(new Map([['bench', tenant]]), log, Date.now, () => inbox);
  const door = await openDoor({ connections, log }, { host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  try {
    const url = door?.receivers[0]?.url ?? '';
    await measure(name, say, (n) => post(url, agent, body(n)));
  } finally {
    agent.destroy();
    await door?.stop();
    await connections.close();
  }
}

async function measureBroker(say: (line: string) => void, stateDir: string): Promise<void> {
  const servers = await provideAll({ rabbit: true, temporal: false, stateDir });
  const broker = await BrokerConnection.open(servers.rabbit?.url ?? '', log);
  try {
    await assertTopology(broker, [{ tenant: 'bench', partitions: 4 }]);
    const publisher = await Publisher.open(broker, { partitions: () => 4 });
    const context = { tenant: 'bench', connection: 'web', org: 'bench', mapping: {} };
    await measure('RabbitMQ: publish with confirm', say, async (n) => {
      const native = { event: JSON.parse(body(n)) as Record<string, unknown> };
      for (const event of await cloudevents.normalise(native, context)) await publisher.publish(event);
    });
    await publisher.close();
  } finally {
    await broker.close();
    await servers.stop();
  }
}

let events = 0;

function body(n: number): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `${n}-${++events}`,
    source: '/bench',
    type: 'com.acme.interaction.created',
    time: '2026-03-01T09:30:00.000Z',
    data: { id: `chat-${n}`, channel: 'chat', direction: 'inbound', body: 'Is my order on its way? '.repeat(20) },
  });
}

async function measure(name: string, say: (line: string) => void, once: Once): Promise<void> {
  for (const count of senders) {
    await run(once, count, requests / 10);
    const { perSecond, times } = await run(once, count, requests);
    const at = (share: number): string => (times[Math.floor(times.length * share)] ?? NaN).toFixed(1).padStart(8);
    say(`${name.padEnd(38)} ${String(count).padStart(7)} ${perSecond.toFixed(0).padStart(12)} ${at(0.5)} ${at(0.99)}`);
  }
}

/** Each sender waits for its answer before it sends again. */
async function run(once: Once, count: number, total: number) {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  const sender = async (): Promise<void> => {
    while (next < total) {
      const n = next++;
      const at = performance.now();
      await once(n);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: count }, sender));
  const perSecond = total / ((performance.now() - began) / 1000);
  return { perSecond, times: times.sort((a, b) => a - b) };
}

function post(url: string, agent: Agent, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  const type = { 'content-type': 'application/cloudevents+json' };
  const proof = signature({ method: 'POST', headers: type, body: bytes }, key, Math.floor(Date.now() / 1000));
  return new Promise((resolve, reject) => {
    const headers = { ...type, 'content-length': bytes.length, 'signalbox-signature': proof };
    httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`answered ${response.statusCode ?? 'nothing'}`));
      });
    })
      .on('error', reject)
      .end(bytes);
  });
}

void main();
