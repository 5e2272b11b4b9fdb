import { performance } from 'node:perf_hooks';
import type { Session } from '../session';
import { error, ok, type Finding } from './finding';
import type { Probe } from './probes';

/** How long a model takes on this machine, one thread, in milliseconds. */
export interface Latency {
  /** One row alone, the inference only. */
  readonly oneP50Ms: number;
  readonly oneP95Ms: number;
  /** A batch of 64 rows. */
  readonly batchP50Ms: number;
  readonly batchP95Ms: number;
}

const BATCH = 64;
/** Runs that are measured, after as many that are not: the runtime makes its plans in the first ones. */
const RUNS = 100;

/** Measures a model with rows it was examined with. */
export async function latencyOf(session: Session, probes: readonly Probe[]): Promise<Latency> {
  const one = await timesOf(session, probes, 1);
  const batch = await timesOf(session, probes, BATCH);
  return {
    oneP50Ms: quantile(one, 0.5),
    oneP95Ms: quantile(one, 0.95),
    batchP50Ms: quantile(batch, 0.5),
    batchP95Ms: quantile(batch, 0.95),
  };
}

async function timesOf(session: Session, probes: readonly Probe[], rows: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < 2 * RUNS; n += 1) {
    const picked = Array.from({ length: rows }, (_, k) => probes[(n + k) % probes.length]?.values ?? []);
    const values = Float32Array.from(picked.flat());
    const start = performance.now();
    await session.run(values, rows);
    if (n >= RUNS) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Tells the latency, and holds it to a limit where one is given. */
export function latencyFindings(latency: Latency, limitMs: number | undefined): Finding {
  const { oneP50Ms, oneP95Ms, batchP50Ms, batchP95Ms } = latency;
  const told = `one row ${oneP50Ms.toFixed(3)} ms (95 %: ${oneP95Ms.toFixed(3)}), ${BATCH} rows ${batchP50Ms.toFixed(3)} ms (95 %: ${batchP95Ms.toFixed(3)})`;
  if (limitMs === undefined || oneP95Ms <= limitMs) return ok('latency', told);
  const why = `the limit is ${limitMs} ms for one row, and a lane decides nothing else meanwhile`;
  return error('latency', told, why, 'make the model smaller, or measure again on a machine that is not busy');
}
