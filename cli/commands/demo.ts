import { InvalidArgumentError, type Command } from 'commander';
import path from 'node:path';
import { startCloudForCustomer } from '../demo/cloud-for-customer';
import { startDataverse } from '../demo/dataverse';
import { generateLeads } from '../demo/generate-leads';
import { generateCases } from '../demo/generate-cases';
import { createCases, createLeads, liveOn } from '../demo/happenings';
import type { NativeLead } from '../demo/lead-fields';
import { readLeads } from '../demo/read-leads';
import { untilEnded } from '../until-ended';
import { setStage, type Stage } from '../demo/stage';
import { tellStory } from '../demo/story';
import type { Neighbour } from '../demo/neighbour';
import { neighbourSettled, settled, type NeighbourSummary, type Summary } from '../demo/summary';
import { projectRoot } from '../../services/project-root';

interface DemoOptions {
  readonly leads?: string;
  readonly mapping: string;
  readonly count?: number;
  readonly rate: number;
  readonly keep?: true;
  readonly faults?: true;
  readonly json?: true;
  readonly state: string;
}

const quietWithinMs = 120_000;

/** `signalbox demo`: the main job on real parts, told to a person; ends by itself. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('show the line at work: leads happen in a simulated Salesforce, and come back as tasks')
    .option('--leads <file>', 'stream the rows of this CSV (.gz too) as leads, instead of made-up ones')
    .option(
      '--mapping <file>',
      'how a row becomes a lead',
      path.join(projectRoot, 'cli', 'demo', 'bank-marketing.mapping.yaml'),
    )
    .option(
      '--count <n>',
      'leads, at most (default: 200 made-up ones, or 1000 rows of --leads, evenly spread)',
      positive,
    )
    .option('--rate <n>', 'leads per second', positive, 40)
    .option('--faults', 'break things on purpose: every event comes twice, one cannot be read, the stream is dropped')
    .option('--keep', 'leave everything running until Ctrl-C')
    .option('--json', 'print one machine-readable summary line last')
    .option('--state <dir>', 'where state lies', '.signalbox')
    .addHelpText('after', '\nExample:\n  $ signalbox demo --leads bank_marketing.csv.gz --count 500 --json\n')
    .action(async (options: DemoOptions) => {
      await demo(options);
    });
}

async function demo(options: DemoOptions): Promise<void> {
  const say = (line = ''): void => void process.stdout.write(`${line}\n`);
  // First: a file that will not do is told before anything is started.
  const rows = await leadsOf(options, say);
  // Ctrl-C stops the stage and ends the process: see setStage.
  const stage = await setStage(path.resolve(options.state), say, {
    neighbours: [startDataverse, startCloudForCustomer],
  });
  try {
    say();
    for (const fact of stage.facts) say(`  ${fact}`);
    say();
    const summary = await play(stage, rows, options, say);
    if (options.keep === true) {
      say('Running on; Ctrl-C ends it.');
      await untilEnded();
    }
    if (options.json === true) say(JSON.stringify(summary));
    if (summary.lost > 0) process.exitCode = 1;
  } finally {
    await stage.stop();
  }
}

/** The figures of all three CRMs in one; the times are Salesforce's. */
interface DemoSummary extends Summary {
  readonly neighbours: readonly NeighbourSummary[];
}

async function play(
  stage: Stage,
  rows: Leads,
  options: DemoOptions,
  say: (line?: string) => void,
): Promise<DemoSummary> {
  const { org, signalbox } = stage;
  const { ledger } = signalbox.runtime;
  const live = liveLine();
  if (options.faults === true) await breakThings(stage);
  let created = 0;
  const show = (summary: Summary): void => {
    live(`  leads ${created}   ${figures(summary)}`);
  };
  const leads = createLeads(org, rows, options.rate, (n) => (created = n));
  // After the leads, whose times are told: all at once would keep a small machine from its best.
  const beside = leads.then(() => Promise.all(stage.neighbours.map((neighbour) => neighbour.live())));
  const cases = leads.then(() => createCases(org, generateCases(30)));
  const first = settledAfter(leads, stage, show);
  await first;
  const written = await cases;
  const { changed, completed, converted } = await liveOn(org);
  const summary = await settled(org, ledger, show, quietWithinMs);
  const neighbours = await settleNeighbours(stage, await beside);
  live(undefined);
  say(
    `  Salesforce: ${created} leads and ${written} cases created, ${changed} leads changed later, ${completed} tasks completed by people, ${converted} leads converted`,
  );
  say(`  ${figures(summary)}`);
  say(`  lost ${summary.lost}   duplicates dropped ${summary.duplicatesDropped}   quarantined ${summary.quarantined}`);
  say(`  ${deedsText(summary)}`);
  for (const neighbour of neighbours) {
    const { crm, called, events, decisions, tasksCreated, lost } = neighbour;
    say(
      `  ${crm}: ${called} created   events ${events}   decisions ${decisions}   tasks ${tasksCreated}   lost ${lost}`,
    );
    say(`  ${deedsText(neighbour)}`);
  }
  say();
  const lead = await tellStory(stage, say);
  say('Where to look next:');
  say(`  npx signalbox history --tenant demo --state ${path.join(options.state, 'demo')} ${lead}`);
  say(`  npx signalbox validate --help`);
  say(`  README.md, docs/architecture.md`);
  return altogether(summary, neighbours);
}

async function settleNeighbours(
  { neighbours, signalbox }: Stage,
  lives: readonly Awaited<ReturnType<Neighbour['live']>>[],
): Promise<readonly NeighbourSummary[]> {
  const { ledger } = signalbox.runtime;
  const settling = neighbours.flatMap((neighbour, at) => {
    const life = lives[at];
    return life === undefined ? [] : [neighbourSettled(neighbour, life, ledger, quietWithinMs)];
  });
  return Promise.all(settling);
}

/** What each use case led to, as the CRM has it. */
function deedsText({ useCases }: Pick<Summary, 'useCases'>): string {
  return useCases.map(({ usecase, count, what }) => `${usecase}: ${count} ${what}`).join('   ');
}

function altogether(summary: Summary, neighbours: readonly NeighbourSummary[]): DemoSummary {
  const sum = (field: 'events' | 'decisions' | 'tasksCreated' | 'quarantined' | 'lost'): number =>
    neighbours.reduce((total, neighbour) => total + neighbour[field], summary[field]);
  return {
    ...summary,
    events: sum('events'),
    decisions: sum('decisions'),
    tasksCreated: sum('tasksCreated'),
    quarantined: sum('quarantined'),
    lost: sum('lost'),
    neighbours,
  };
}

/** Shows the figures while leads come in, then waits until all of them are dealt with. */
async function settledAfter(
  leads: Promise<number>,
  { org, signalbox }: Stage,
  show: (summary: Summary) => void,
): Promise<void> {
  const { ledger } = signalbox.runtime;
  const done = leads.then(() => true);
  while (!(await Promise.race([done, settled(org, ledger, show, 2_000).then(() => false)])));
  await settled(org, ledger, show, quietWithinMs);
}

async function breakThings({ org }: Stage): Promise<void> {
  await org.fault({ kind: 'duplicateEvents', times: 1_000_000 });
  await org.fault({ kind: 'truncatedAvro', object: 'Lead' });
  await org.fault({ kind: 'dropStream' });
}

function figures({ events, decisions, tasksCreated, tasksUpdated, tasksClosed, p50Ms, p99Ms }: Summary): string {
  return `events ${events}   decisions ${decisions}   tasks ${tasksCreated} created ${tasksUpdated} updated ${tasksClosed} closed   event to task p50 ${p50Ms} ms p99 ${p99Ms} ms`;
}

/** One line that is written over on a terminal, and a line every two seconds elsewhere. */
function liveLine(): (text: string | undefined) => void {
  const { isTTY, columns } = process.stdout;
  let shown = 0;
  return (text) => {
    if (isTTY) process.stdout.write(text === undefined ? '\r\u001b[K' : `\r\u001b[K${text.slice(0, columns - 1)}`);
    else if (text !== undefined && performance.now() - shown > 2_000) {
      shown = performance.now();
      process.stdout.write(`${text}\n`);
    }
  };
}

type Leads = Iterable<NativeLead> | AsyncIterable<NativeLead>;

async function leadsOf({ leads: file, mapping, count }: DemoOptions, say: (line: string) => void): Promise<Leads> {
  if (file === undefined) return generateLeads(count ?? 200);
  const { rows, taken, leads } = await readLeads(file, mapping, count ?? 1_000);
  say(`  ${taken} of the ${rows} rows of ${file}${taken < rows ? ', evenly spread; --count takes more' : ''}`);
  return leads;
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a whole number above 0, e.g. 200');
}
