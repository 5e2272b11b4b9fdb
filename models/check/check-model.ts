import { ModelError, type TabularManifest } from '../manifest';
import type { Model } from '../registry';
import { openScorer } from '../score';
import { openSession, type Session } from '../session';
import { answersOf, type Answer } from './answers';
import { error, ok, type Finding } from './finding';
import { latencyOf, latencyFindings, type Latency } from './latency';
import { readModelFolder } from './model-folder';
import { contributionFindings, rangeFindings, responseFindings, sameFindings } from './outputs';
import { parityFindings } from './parity';
import { probesOf, type Probe } from './probes';
import { textFindings } from './text-findings';
import type { Scorer } from '../scored';

/** What became of an examination. */
export interface CheckReport {
  /** Absent when the manifest cannot be used. */
  readonly model?: Model;
  readonly findings: readonly Finding[];
  /** Absent when the model does not run. */
  readonly latency?: Latency;
}

/** Rows that are scored one by one as well. */
const ALONE = 64;

/**
 * Examines a model folder before it is given to a tenant: that the manifest and the ONNX file belong together, and that the
 * model keeps what scoring relies on. Rows are made up from the manifest; no data is needed.
 * @param limitMs most milliseconds that one row may take, at the 95th percentile; without it latency is only told
 * @throws ModelError when there is no such folder, or nothing of a model in it
 */
export async function checkModel(folder: string, limitMs?: number): Promise<CheckReport> {
  const { model, findings } = await readModelFolder(folder);
  if (model === undefined) return { findings };
  const { manifest } = model;
  if (manifest.task === 'text') return { model, findings: [...findings, ...(await examineText(model, folder))] };
  let session: Session;
  try {
    session = await openSession(model.file, manifest);
  } catch (thrown) {
    return { model, findings: [...findings, notTheFile(thrown)] };
  }
  try {
    const examined = await examine(session, manifest, folder, limitMs);
    return {
      model,
      ...examined,
      findings: [...findings, ok('file', `${manifest.file} is the manifest's`), ...examined.findings],
    };
  } finally {
    await session.close();
  }
}

function notTheFile(thrown: unknown): Finding {
  const why = 'the digest of a decision must name exactly the file that made it';
  const fix = 'put the file that the manifest was written for beside it, or write sha256, file and features anew';
  return error('file', messageOf(thrown), why, fix);
}

async function examineText(model: Model, folder: string): Promise<readonly Finding[]> {
  let scorer: Scorer;
  try {
    scorer = await openScorer(model);
  } catch (thrown) {
    return [notTheFile(thrown)];
  }
  try {
    return await textFindings(scorer, model, folder);
  } finally {
    await scorer.close();
  }
}

async function examine(
  session: Session,
  manifest: TabularManifest,
  folder: string,
  limitMs: number | undefined,
): Promise<Pick<CheckReport, 'findings' | 'latency'>> {
  const probes = probesOf(manifest);
  let answers: readonly Answer[];
  let again: readonly Answer[];
  let alone: readonly Answer[];
  try {
    answers = await run(session, manifest, probes);
    again = await run(session, manifest, probes);
    alone = await oneByOne(session, manifest, probes.slice(0, ALONE));
  } catch (thrown) {
    return { findings: [notRunning(manifest, thrown)] };
  }
  const latency = await latencyOf(session, probes);
  const findings = [
    ok(
      'outputs',
      `${manifest.features.length} inputs, ${manifest.terms.length} terms, in batches of 1 and ${probes.length}`,
    ),
    rangeFindings(manifest, answers),
    contributionFindings(manifest, answers),
    sameFindings('determinism', answers, again),
    sameFindings('batch', answers.slice(0, alone.length), alone),
    ...responseFindings(manifest, answers),
    ...(await parityFindings(session, manifest, folder)),
    latencyFindings(latency, limitMs),
  ];
  return { findings, latency };
}

function notRunning(manifest: TabularManifest, thrown: unknown): Finding {
  const { features, terms } = manifest;
  const why = 'a lane gives the model a batch of any size, and takes a score and its reasons from what comes back';
  const fix = `export it with the input features [N, ${features.length}] float32, N free, and the outputs probability and contributions (${terms.length} terms) of float32; or correct features and terms in the manifest`;
  return error('outputs', `the model does not run: ${messageOf(thrown)}`, why, fix);
}

async function run(session: Session, manifest: TabularManifest, probes: readonly Probe[]): Promise<readonly Answer[]> {
  const values = Float32Array.from(probes.flatMap(({ values }) => values));
  return answersOf(manifest, probes, await session.run(values, probes.length));
}

async function oneByOne(
  session: Session,
  manifest: TabularManifest,
  probes: readonly Probe[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const probe of probes) answers.push(...(await run(session, manifest, [probe])));
  return answers;
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof ModelError) return thrown.message;
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\s+/g, ' ').slice(0, 400);
}
