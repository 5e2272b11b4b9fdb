import { createLeads } from '../../cli/demo/happenings';
import { generateLeads } from '../../cli/demo/generate-leads';
import type { Org } from '../../cli/demo/org';
import { setStage, type Stage } from '../../cli/demo/stage';
import { settled } from '../../cli/demo/summary';
import { bareLanes, publishAndConsume, withBareWorker, workflowPerEvent } from './bare';
import { cpuBetween } from './cpu';
import { emptyTenant, eventsLike, mark, untilDecided } from './measured';

/** Leads, and changes of each that leave its score alone: most events of a CRM call for no action. */
const leads = 2_000;
const changesEach = 4;
const count = leads * (1 + changesEach);
/** Leads whose events are decided before the measurement begins: the peers are measured in a process that has warmed up, too. */
const warmUpLeads = 400;
const latencyRate = 20;
const latencyLeads = 400;
const isInPostgres = process.argv.includes('--postgres');

/**
 * `npm run bench`: one run on one machine, each figure beside a ceiling or a peer measured in the same run.
 * With `--postgres` the ledger is in PostgreSQL instead of a PGlite in Signalbox's process.
 * The whole line: simulated org -> gRPC -> normalise -> RabbitMQ -> lanes -> model -> ledger -> engagements -> REST.
 */
async function main(): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(
    `${count} events of ${leads} leads, written to the org in bulk; everything on this machine; ledger in ${isInPostgres ? 'PostgreSQL' : 'PGlite'}`,
  );
  const own = await throughput(say);
  const latency = await latencies();
  say('');
  say(`decided events/s                          ${own.decided.toFixed(0)}`);
  for (const [name, ms] of own.cpu) say(`  CPU ms for each, ${name.padEnd(24)} ${ms.toFixed(2).padStart(6)}`);
  for (const [name, rate] of own.peers)
    say(`  of ${name.padEnd(38)} ${rate.toFixed(0).padStart(6)}/s   ${(own.decided / rate).toFixed(2)}x`);
  say(`engagements opened meanwhile              ${own.engagements}`);
  say(
    `event to task at ${latencyRate} events/s              p50 ${latency.p50Ms} ms   p99 ${latency.p99Ms} ms   (${latency.tasksCreated} tasks)`,
  );
  say(`peak memory of Signalbox's process        ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

interface Throughput {
  readonly decided: number;
  readonly engagements: number;
  /** CPU ms per decided event, by process. */
  readonly cpu: readonly (readonly [string, number])[];
  readonly peers: ReadonlyMap<string, number>;
}

async function throughput(say: (line: string) => void): Promise<Throughput> {
  const stage = await setStage('.signalbox', say, { before: (org) => fill(org, warmUpLeads), isInPostgres });
  try {
    const { ledger } = stage.signalbox.runtime;
    const warm = warmUpLeads * (1 + changesEach);
    await untilDecided(stage, warm);
    const { engagementsOpen: openBefore } = await ledger.counts('demo');
    const begin = mark();
    await fill(stage.org, leads);
    const end = await untilDecided(stage, warm + count);
    const seconds = (end.at - begin.at) / 1000;
    const cpu = cpuBetween(begin.cpu, end.cpu).map(([name, ms]) => [name, ms / count] as const);
    const { engagementsOpen } = await ledger.counts('demo');
    say(`decided in ${seconds.toFixed(1)} s; now the peers`);
    const peers = await measurePeers(stage);
    return { decided: count / seconds, engagements: engagementsOpen - openBefore, cpu, peers };
  } finally {
    await stage.stop();
  }
}

/** Leads, and changes of each, as fast as the org takes them. */
async function fill(org: Org, size: number): Promise<void> {
  const all = [...generateLeads(size)];
  const ids: string[] = [];
  for (let at = 0; at < size; at += 200) ids.push(...(await org.writeLeads('POST', all.slice(at, at + 200))));
  for (let change = 1; change <= changesEach; change++) {
    for (let at = 0; at < size; at += 200) {
      await org.writeLeads(
        'PATCH',
        ids.slice(at, at + 200).map((id) => ({ id, Phone: `+1 555 ${change}` })),
      );
    }
  }
}

async function measurePeers(stage: Stage): Promise<ReadonlyMap<string, number>> {
  const { runtime } = stage.signalbox;
  const partitions = runtime.tenants.get('demo')?.partitions ?? 4;
  const events = await eventsLike(stage, count);
  const peers = new Map<string, number>();
  await withBareWorker(runtime.worker, async (taskQueue) => {
    await bareLanes(runtime.temporal, taskQueue, events.slice(0, 400), partitions);
    peers.set('a bare lane with no-op activities', await bareLanes(runtime.temporal, taskQueue, events, partitions));
    peers.set('a bare workflow per event', await workflowPerEvent(runtime.temporal, taskQueue, events.slice(0, 500)));
  });
  const bare = await emptyTenant(runtime, partitions, events);
  peers.set('a bare publish and consume', await publishAndConsume(runtime, partitions, bare));
  return peers;
}

async function latencies(): Promise<{ readonly p50Ms: number; readonly p99Ms: number; readonly tasksCreated: number }> {
  const stage = await setStage('.signalbox', () => undefined, { isInPostgres });
  try {
    const { org, signalbox } = stage;
    await createLeads(org, generateLeads(latencyLeads), latencyRate, () => undefined);
    return await settled(org, signalbox.runtime.ledger, () => undefined, 60_000);
  } finally {
    await stage.stop();
  }
}

void main();
