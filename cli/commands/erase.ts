import { idOf, recordKey } from '../../canonical-schema/identity';
import type { Command } from 'commander';
import { defaultPartitions } from '../../broker/routing';
import { Parking } from '../../broker/parking';
import { isSame, type EngagementRow, type ErasureRow, type Ledger, type Person } from '../../ledger/ledger';
import { countInTemporal, erase } from '../../services/erasure';
import { NotForgotten } from '../../services/forget';
import { brokerUrl, withPublisher } from '../broker';
import { recordsNamed } from '../one-record';
import { withLedger, type StateOptions } from '../places';
import { temporalAddress, withTemporal, type TemporalOptions } from '../temporal';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';
import { printable } from '../timeline';

interface Options extends StateOptions, TemporalOptions {
  readonly tenant: string;
  readonly without: readonly string[];
  readonly yes?: boolean;
  readonly lift?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** For each wait: a lane's batch may take its tries, and Temporal deletes an ended run after half a minute or so. */
const patienceMs = 120_000;

/** What is to be erased, and what would be left. */
interface Plan {
  readonly tenant: string;
  readonly records: Person['records'];
  readonly left: Person['left'];
  readonly unjoined: Person['unjoined'];
  readonly marks: readonly string[];
  /** Rows by table; runs of workflows where Temporal was asked. */
  readonly counts: Readonly<Record<string, number>>;
  /** Open engagements: they are ended, and their tasks stay in the CRM. */
  readonly open: readonly EngagementRow[];
  /** One that was begun and is not done. */
  readonly unfinished?: ErasureRow;
}

const planOf = async (
  ledger: Ledger,
  asked: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Plan> => {
  const { tenant } = options;
  const resolve = async (names: readonly string[]) =>
    (await Promise.all(names.map((name) => recordsNamed(ledger, tenant, name)))).flat();
  const [named, without] = [await resolve(asked), await resolve(options.without)];
  const { marks, ...person } = await ledger.erasures.person(tenant, { records: named, without });
  // What an earlier erasure has found is no longer found: its records have no content.
  const earlier = (await Promise.all(named.map((one) => ledger.erasures.list(tenant, one)))).flat();
  const told = [...person.records.map(({ record }) => record), ...without];
  const before = new Set(earlier.flatMap((erasure) => erasure.subjects));
  const again = [...before].filter((record) => !told.some((one) => isSame(one, record)));
  const records = [...person.records, ...again.map((record) => ({ record, because: 'of an earlier erasure' }))];
  if (records.length === 0) {
    const fix = "give <entity>/<the CRM's id> or the id alone, as in lead/00Q5e00001AbCdEEAV";
    throw new CliError(`nothing is known of ${asked.join(', ')}`, `tenant ${tenant}`, fix, exit.problems);
  }
  const subjects = records.map(({ record }) => record);
  const all = [...new Set([...marks, ...earlier.flatMap((one) => one.marks), ...subjects.map(idOf)])];
  const unfinished = earlier.find(({ doneat }) => doneat === undefined);
  return {
    ...{ tenant, records, left: person.left, unjoined: person.unjoined, marks: all },
    counts: {
      ...(await ledger.erasures.count(tenant, subjects, all)),
      ...(await inTemporal(ledger, subjects, options, terminal)),
    },
    open: await openEngagements(ledger, tenant, subjects),
    ...(unfinished === undefined ? {} : { unfinished }),
  };
};

/** Nothing where it is not said where Temporal is: a plan needs the ledger only. */
const inTemporal = async (
  ledger: Ledger,
  subjects: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Readonly<Record<string, number>>> => {
  if (options.temporal === undefined && terminal.env.TEMPORAL_ADDRESS === undefined) return {};
  const { tenant } = options;
  return withTemporal(options, terminal, (temporal) => countInTemporal({ ledger, temporal }, { tenant, subjects }));
};

const openEngagements = async (
  ledger: Ledger,
  tenant: string,
  subjects: readonly string[],
): Promise<readonly EngagementRow[]> => {
  const named = await ledger.erasures.engagements(tenant, subjects);
  const rows = await Promise.all(named.map((one) => ledger.engagement(tenant, recordKey(one), one.usecase)));
  return rows.flatMap((row) => (row?.status === 'open' ? [row] : []));
};

const planText = ({ records, left, unjoined, counts, open, unfinished }: Plan): string =>
  [
    'the person:',
    ...records.map(({ record, because }) => `  ${record}  ${because}`),
    ...(left.length === 0 ? [] : ['left as it is (name it, too, to have it erased):']),
    ...left.map(({ record, because }) => `  ${record}  ${because}`),
    ...unjoined.map(
      ({ rule, subjects }) => `  not linked by ${rule}, because it would be a guess: ${subjects.join(', ')}`,
    ),
    'would be erased:',
    ...Object.entries(counts).map(([what, many]) => `  ${String(many).padStart(6)}  ${what}`),
    ...open.map(
      ({ usecase, subject, taskid, connection }) =>
        `  the open engagement ${usecase} of ${subject} is ended${taskid === undefined ? '' : `; its task ${taskid} stays in ${connection}: delete it there`}`,
    ),
    ...(unfinished === undefined ? [] : [`an erasure of ${unfinished.at} by ${unfinished.by} is not done: it goes on`]),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');

/** Who answers for it, and why: both are kept. */
const answerable = ({ by, reason }: Options): { readonly by: string; readonly reason: string } => {
  if (by === undefined || by.trim() === '') {
    throw new CliError('who answers for it is not said', '--by', 'add --by NAME');
  }
  if (reason === undefined || reason.trim() === '') {
    throw new CliError('why is not said', '--reason', 'add --reason TEXT, without the name of the person: it is kept');
  }
  return { by, reason };
};

const carryOut = async (ledger: Ledger, plan: Plan, asked: readonly string[], options: Options, terminal: Terminal) => {
  const { tenant, records, marks } = plan;
  const subjects = records.map(({ record }) => record);
  const erasing = { tenant, asked: asked.join(', '), subjects, marks, ...answerable(options) };
  try {
    return await withTemporal(options, terminal, (temporal) =>
      withPublisher(terminal, defaultPartitions, (publisher, url) =>
        erase({ ledger, temporal, parking: new Parking(url, tenant, publisher) }, erasing, patienceMs),
      ),
    );
  } catch (error) {
    if (!(error instanceof NotForgotten)) throw error;
    const fix =
      'see with `signalbox doctor` that a worker runs and no lane stands still; the same command then goes on';
    throw new CliError(error.message, `tenant ${tenant}`, fix, exit.problems, { cause: error });
  }
};

/** Lanes always have something to forget; it need not be this person's. */
const tellUndone = (plan: Omit<Plan, 'marks'>, { json }: Options, terminal: Terminal): void => {
  const isLeft =
    plan.unfinished !== undefined ||
    Object.entries(plan.counts).some(([what, many]) => many > 0 && !what.includes('lanes'));
  if (isLeft) terminal.exitCode = exit.problems;
  const next = isLeft
    ? 'nothing was erased yet: run it again with --yes --by NAME --reason TEXT'
    : 'nothing is left of the person, unless lanes heard of it since: --yes again takes it out of their histories';
  terminal.out(json === true ? jsonLine({ ...plan, isErased: false }) : `${next}\n`);
};

const eraseRecords = async (asked: readonly string[], options: Options, terminal: Terminal): Promise<void> => {
  if (options.yes === true) {
    answerable(options);
    temporalAddress(options, terminal);
    brokerUrl(terminal);
  }
  await withLedger(options, terminal, async (ledger) => {
    const { marks, ...plan } = await planOf(ledger, asked, options, terminal);
    if (options.json !== true) terminal.out(planText({ ...plan, marks }));
    if (options.yes !== true) {
      tellUndone(plan, options, terminal);
      return;
    }
    const { id, counts } = await carryOut(ledger, { ...plan, marks }, asked, options, terminal);
    if (options.json === true) terminal.out(jsonLine({ ...plan, counts, isErased: true, erasure: id }));
    else terminal.out(`erased, as ${id}: nothing more of these records is taken in\n`);
  });
};

const lift = async (asked: readonly string[], options: Options, terminal: Terminal): Promise<void> => {
  const who = answerable(options);
  const { tenant } = options;
  const lifted = await withLedger(options, terminal, async (ledger) => {
    const { erasures } = ledger;
    const named = (await Promise.all(asked.map((one) => recordsNamed(ledger, tenant, one)))).flat();
    const all = (await Promise.all(named.map((one) => erasures.list(tenant, one)))).flat();
    const inForce = [...new Map(all.map((row) => [row.id, row])).values()].filter(
      ({ liftedat, doneat }) => liftedat === undefined && doneat !== undefined,
    );
    if (inForce.length === 0) {
      throw new CliError('no erasure of it is done and in force', asked.join(', '), 'see `signalbox erasures`');
    }
    for (const { id } of inForce) await erasures.lift(tenant, id, who);
    return inForce;
  });
  const subjects = lifted.flatMap((row) => row.subjects);
  if (options.json === true) terminal.out(jsonLine({ tenant, lifted: lifted.map(({ id }) => id), subjects }));
  else terminal.out(`taken in again from now on: ${subjects.join(', ')}\n`);
};

const erasureText = ({ id, at, by, reason, subjects, doneat, liftedat, counts = {} }: ErasureRow): string => {
  const state = doneat === undefined ? 'not done: the same command goes on' : `done ${doneat}`;
  const rows = Object.entries(counts).map(([what, many]) => `${many} ${what}`);
  return [
    `${id}  ${at}  by ${by}: ${reason}  ${state}${liftedat === undefined ? '' : `, lifted ${liftedat}`}`,
    `  ${subjects.join(', ')}`,
    ...(rows.length === 0 ? [] : [`  ${rows.join(', ')}`]),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
};

/** `signalbox erase` */
export const eraseCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('erase')
    .description("Erase a person's data from the ledger, the broker and Temporal: the plan first.")
    .argument(
      '<RECORD...>',
      "<entity>/<the CRM's id>, the id alone, or <source>/<entity>/<id> where several CRMs have one",
    )
    .requiredOption('--tenant <NAME>', 'whose record it is')
    .option(
      '--without <RECORD>',
      'leave this record as it is; may be given several times',
      (one: string, all: readonly string[]) => [...all, one],
      [],
    )
    .option('--yes', 'carry the plan out')
    .option('--lift', 'take the records of an erasure in again, from now on')
    .option('--by <NAME>', 'who answers for it; kept')
    .option('--reason <TEXT>', 'why; kept, so without the name of the person')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--temporal <HOST:PORT>', 'where Temporal is; without it TEMPORAL_ADDRESS')
    .option('--json', 'one line of JSON: {tenant, records, left, unjoined, counts, open, isErased, erasure}')
    .addHelpText(
      'after',
      '\nSignalbox must be running; --yes also needs AMQP_URL. Exits 1 where --yes is missing, or it could not be finished: the same command goes on.\n\nExample:\n  signalbox erase --tenant acme --yes --by "Ada Byron" --reason "request 17" lead/00Q5e00001AbCdEEAV',
    )
    .action((asked: readonly string[], _: unknown, command: Command) => {
      const options = command.opts<Options>();
      return (options.lift === true ? lift : eraseRecords)(asked, options, terminal);
    });
};

interface ListOptions extends StateOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

const list = async (options: ListOptions, terminal: Terminal): Promise<void> => {
  const { tenant } = options;
  const all = await withLedger(options, terminal, (ledger) => ledger.erasures.list(tenant));
  // The marks of one that is not done are the person's.
  const told = all.map((erasure) => ({ ...erasure, marks: undefined }));
  if (options.json === true) terminal.out(jsonLine({ tenant, erasures: told }));
  else terminal.out(all.length === 0 ? 'nothing was erased\n' : all.map(erasureText).join(''));
  if (all.some(({ doneat }) => doneat === undefined)) terminal.exitCode = exit.problems;
};

/** `signalbox erasures` */
export const erasuresCommand = (program: Command, terminal: Terminal): void => {
  program
    .command('erasures')
    .description('Tell whose data were erased, by whom, when and why. Exits 1 while one is not done.')
    .requiredOption('--tenant <NAME>', 'whose')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, erasures}')
    .addHelpText('after', '\nExample:\n  signalbox erasures --tenant acme')
    .action((_: unknown, command: Command) => list(command.opts<ListOptions>(), terminal));
};
