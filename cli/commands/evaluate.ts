import { Option, type Command } from 'commander';
import type { Decision } from '../../canonical-schema/decision';
import type { Ledger } from '../../ledger/ledger';
import { OffPolicyError, policyValue, type Estimate, type PolicyValue } from '../../models/off-policy';
import { withLedger, type StateOptions } from '../places';
import { CliError, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly event: 'won' | 'lost';
  readonly json?: boolean;
}

/** A decision by lot whose outcome is known. */
interface Choice {
  readonly arm: string;
  readonly propensity: number;
  readonly happened: boolean;
}

/** What was found of one model's decisions. */
interface Found {
  readonly model: NonNullable<Decision['model']>;
  readonly arms: readonly string[];
  readonly choices: readonly Choice[];
  /** Without an outcome that says whether it happened. */
  readonly unlabelled: number;
  readonly withoutPropensity: number;
}

interface Valued {
  readonly policy: string;
  /** Decisions in which it would have taken the same arm. */
  readonly agreeing: number;
  readonly value?: PolicyValue;
  /** Why nothing can be told. */
  readonly because?: string;
}

const isScoredBy = ({ score, model }: Decision, digest: string): boolean =>
  score !== undefined && model?.digest === digest;

const read = async (ledger: Ledger, { tenant, useCase, event }: Options): Promise<Found> => {
  const model = await ledger.learning.newestModel(tenant, useCase);
  if (model === undefined) {
    const fix = 'name a use case of the tenant whose events were scored';
    throw new CliError(`no decision with a score is known of ${useCase}`, `tenant ${tenant}`, fix);
  }
  const found = { arms: new Set<string>(), choices: [] as Choice[], unlabelled: 0, withoutPropensity: 0 };
  for await (const { decision, outcome } of ledger.labelled(tenant, useCase)) {
    if (!isScoredBy(decision, model.digest)) continue;
    const { ranking = [], propensity } = decision;
    const [chosen] = ranking;
    for (const { label } of ranking) found.arms.add(label);
    if (propensity === undefined || chosen === undefined) found.withoutPropensity += 1;
    else if (outcome === undefined) found.unlabelled += 1;
    else found.choices.push({ arm: chosen.label, propensity, happened: outcome.label === event });
  }
  return { ...found, model, arms: [...found.arms].sort() };
};

/** Refuses what would be a guess: a propensity is recorded by the model that draws its arms, or never known. */
const refuseUnknown = ({ model, withoutPropensity, choices }: Found, { useCase }: Options): void => {
  if (withoutPropensity > 0) {
    const what = `${withoutPropensity} decisions of ${model.name} ${model.version} have no propensity`;
    const fix =
      'only decisions that were drawn by lot can be valued; use a model that explores, as next-best-action does';
    throw new CliError(what, `use case ${useCase}`, fix);
  }
  if (choices.length >= 2) return;
  const fix = 'wait until outcomes are known; `signalbox export` tells which are';
  throw new CliError(`${choices.length} decisions have an outcome, at least 2 are needed`, `use case ${useCase}`, fix);
};

const valueOf = (policy: string, choices: readonly Choice[], target: (choice: Choice) => boolean): Valued => {
  const agreeing = choices.filter(target).length;
  try {
    const logged = choices.map((one) => {
      return { propensity: one.propensity, target: Number(target(one)), reward: Number(one.happened) };
    });
    return { policy, agreeing, value: policyValue(logged) };
  } catch (error) {
    if (!(error instanceof OffPolicyError)) throw error;
    return { policy, agreeing, because: error.message };
  }
};

/** The model's own recommendation without the lot, and each arm for all. A recommended arm is likelier than one of the lot alone. */
const policiesOf = ({ arms, choices }: Found): readonly Valued[] => [
  valueOf('as recommended', choices, ({ propensity }) => propensity > 1 / arms.length),
  ...arms.map((arm) => valueOf(`always ${arm}`, choices, (one) => one.arm === arm)),
];

const interval = ({ value, se }: Estimate): string =>
  `${value.toFixed(4)} (${(value - 1.96 * se).toFixed(4)} to ${(value + 1.96 * se).toFixed(4)})`;

const policyText = ({ policy, agreeing, value, because = '' }: Valued): string => {
  const told =
    value === undefined
      ? `not known: ${because}`
      : `SNIPS ${interval(value.snips)}  IPS ${interval(value.ips)}  worth ${Math.round(value.effectiveSampleSize)} decisions`;
  return `${policy}: ${told}; ${agreeing} agree\n`;
};

const countsOf = ({ arms, choices }: Found) =>
  arms.map((arm) => {
    const own = choices.filter((one) => one.arm === arm);
    return { arm, taken: own.length, happened: own.filter(({ happened }) => happened).length };
  });

const tell = async (options: Options, terminal: Terminal): Promise<void> => {
  const { tenant, useCase, event } = options;
  const found = await withLedger(options, terminal, (ledger) => read(ledger, options));
  refuseUnknown(found, options);
  const { model, choices, unlabelled } = found;
  const [counts, policies] = [countsOf(found), policiesOf(found)];
  if (options.json === true) {
    const told = { tenant, useCase, event, model, decisions: choices.length, unlabelled, arms: counts, policies };
    terminal.out(jsonLine(told));
    return;
  }
  const rows = counts.map(({ arm, taken, happened }) => `${arm}: taken ${taken} times, ${event} ${happened} times\n`);
  terminal.out(
    [
      `${useCase} of ${tenant}: ${model.name} ${model.version} ${model.digest}\n`,
      `${choices.length} decisions with an outcome; ${unlabelled} without one are left out\n`,
      ...rows,
      `share of ${event} under each policy, with 95 % intervals:\n`,
      ...policies.map(policyText),
    ].join(''),
  );
};

/** `signalbox model evaluate` */
export const evaluateCommand = (group: Command, terminal: Terminal): void => {
  group
    .command('evaluate')
    .description(
      'Tell what other choices would have been worth, from decisions that were drawn by lot with known propensities (IPS and SNIPS).',
    )
    .requiredOption('--tenant <NAME>', 'whose decisions')
    .requiredOption('--use-case <NAME>', 'of which use case')
    .addOption(new Option('--event <LABEL>', 'the outcome that is valued').choices(['won', 'lost']).default('won'))
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, useCase, event, model, decisions, unlabelled, arms, policies}')
    .addHelpText('after', '\nExample:\n  signalbox model evaluate --tenant acme --use-case next-best-action')
    .action((_: unknown, command: Command) => tell(command.opts<Options>(), terminal));
};
