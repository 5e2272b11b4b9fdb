import { policyOf } from '../../activities/policy-views';
import type { PolicyView } from '../../activities/lane-types';
import { openScorer } from '../../models/score';
import type { Scorer } from '../../models/scored';
import { findEncoder } from '../../services/encoder';
import { whatIf, type Compared } from '../../services/replay/what-if';
import { loadUseCases } from '../../tenants/load';
import { CsvRows } from '../csv-rows';
import { allConnectors, modelNamed, shippedModels } from '../places';
import { everyModel, type ReplayGround, type ReplayOptions } from '../replay-ground';
import { whatIfText } from '../replay-text';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

/** The policies of the file, by use case; undefined where those that were in force are to hold. */
const policiesOf = async ({
  tenantFile,
  tenant,
  useCase,
  models,
}: ReplayOptions): Promise<Readonly<Record<string, PolicyView>> | undefined> => {
  if (tenantFile === undefined) return undefined;
  const read = loadUseCases(tenantFile, { connectors: allConnectors, models: await everyModel(models) });
  if (read.tenant !== tenant || (useCase !== undefined && read.useCases[useCase] === undefined)) {
    const where = read.tenant === tenant ? `use case ${useCase ?? ''}` : `tenant ${tenant}`;
    throw new CliError(
      `the file is not about ${where}`,
      tenantFile,
      `give a file of ${tenant}, with the use case in it`,
    );
  }
  return Object.fromEntries(Object.values(read.useCases).map((one) => [one.name, policyOf(one)]));
};

/** The other model, opened; undefined where those that decided are to score. */
const modelOf = async (options: ReplayOptions, terminal: Terminal): Promise<Scorer | undefined> => {
  const { model: named, useCase, models: folder, state } = options;
  if (named === undefined) return undefined;
  if (useCase === undefined)
    throw new CliError('it is not said whose model it would be', '--model', 'add --use-case NAME');
  const model = await modelNamed(named, folder, terminal);
  if (model.manifest.task !== 'text') return openScorer(model);
  const found = await findEncoder(shippedModels, state, (line) => {
    terminal.err(`${line}\n`);
  });
  if (found.encoder === undefined) terminal.err(`scored by words alone, with another digest: ${found.why}\n`);
  const { encoder } = found;
  const scorer = await openScorer(model, encoder);
  const close = async (): Promise<void> => {
    await scorer.close();
    await encoder?.close();
  };
  return { ...scorer, close };
};

const rowOf = ({ decision, outcomes, because, score, band, outcome }: Compared) => ({
  decision: decision.id,
  subject: decision.subject,
  usecase: decision.usecase,
  decidedat: decision.decidedat,
  score: decision.score,
  scoreAfter: score,
  band: decision.band,
  bandAfter: band,
  outcome: decision.outcome,
  outcomeAfter: outcome,
  labels: outcomes.map(({ label }) => label).join(' '),
  leftOut: because,
});

const headText = ({ tenant, tenantFile }: ReplayOptions, scorer: Scorer | undefined): string => {
  const other =
    scorer === undefined ? '' : `, with ${scorer.manifest.name} ${scorer.manifest.version} ${scorer.digest}`;
  const by = tenantFile === undefined ? '' : `, by ${tenantFile}`;
  return `${tenant}: what if${other}${by}\n`;
};

/** Tells what history would have led to. Exits 1 where there is none. */
export const tellWhatIf = async (ground: ReplayGround, options: ReplayOptions, terminal: Terminal): Promise<void> => {
  const { ledger, asked, past, models } = ground;
  const { tenant, event, csv, json } = options;
  const policies = await policiesOf(options);
  const scorer = await modelOf(options, terminal);
  const rows = new CsvRows(csv);
  try {
    const what = { models: scorer ?? models, past, event, ...(policies === undefined ? {} : { policies }) };
    const tallies = await whatIf(ledger, tenant, asked, what, (one) => rows.add(rowOf(one)));
    await rows.end();
    const counts = [...tallies].map(([usecase, tally]) => [usecase, tally.counts()] as const);
    if (counts.every(([, { decisions }]) => decisions === 0)) terminal.exitCode = exit.problems;
    if (json === true) {
      terminal.out(jsonLine({ tenant, model: scorer?.digest, useCases: Object.fromEntries(counts) }));
      return;
    }
    terminal.out(headText(options, scorer));
    for (const [usecase, one] of counts) terminal.out(whatIfText(usecase, one));
    terminal.out(counts.length === 0 ? 'no decision is known\n' : 'nothing was written\n');
  } finally {
    await scorer?.close();
  }
};
