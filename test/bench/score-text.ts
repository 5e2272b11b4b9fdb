import path from 'node:path';
import type { FeatureRow } from '../../models/feature-row';
import { loadModels } from '../../models/registry';
import { openScorer } from '../../models/score';
import { openEncoder } from '../../models/text/encoder';

/**
 * What scoring a text of 25 words costs, alone in its batch, with one thread, in each text model with the sentence encoder:
 *   node dist/test/bench/score-text.js [models folder] [encoder's weights]
 * Prints p50 and p95 in milliseconds, of the clock and of the processor, and the goal of 15 ms beside them.
 */
const rounds = { warmUp: 20, measured: 200 } as const;

const words =
  'my card has not arrived although it was sent two weeks ago and the app says that it was delivered to me on monday morning';

/** Another text each time: the encoder keeps the last ones. */
const rowOf = (n: number): FeatureRow => ({ outcome: 'row', values: [], text: `${words} ${n}`, defaults: [] });

const at = (times: readonly number[], share: number): string =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)]!.toFixed(2);

async function main(folder: string, weights: string): Promise<void> {
  const encoder = await openEncoder(folder, weights);
  for (const model of (await loadModels(folder)).values()) {
    if (model.manifest.task !== 'text') continue;
    const scorer = await openScorer(model, encoder);
    const [clock, processor]: [number[], number[]] = [[], []];
    for (let n = -rounds.warmUp; n < rounds.measured; n += 1) {
      const [begun, before] = [performance.now(), process.cpuUsage()];
      await scorer.score([rowOf(n)]);
      const { user, system } = process.cpuUsage(before);
      if (n < 0) continue;
      clock.push(performance.now() - begun);
      processor.push((user + system) / 1000);
    }
    const figures = [clock, processor].map((times) => `p50 ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms`);
    console.log(`${model.manifest.name}: ${figures[0]!}; of the processor ${figures[1]!} (goal: p50 below 15 ms)`);
    await scorer.close();
  }
  await encoder.close();
}

const [models = path.join(process.cwd(), 'models'), weights = '.signalbox/cache/minilm/model.safetensors'] =
  process.argv.slice(2);
void main(models, weights);
