import { lookingEvery } from './looking';
import type { Runtime } from './runtime';
import type { Service } from './service';

/** Between two looks for what is to be sealed, ms. */
const everyMs = 5_000;

/** Seals what was recorded, of every tenant, for as long as the process lives; what is left at its end the next one seals. */
export function startSealing(runtime: Pick<Runtime, 'ledger' | 'log'>): Service {
  return lookingEvery(everyMs, (signal) => sealAll(runtime, signal));
}

/** One tenant that cannot be sealed keeps no other from it; it is told in the log and tried again at the next look. */
async function sealAll(
  { ledger: { audit }, log }: Pick<Runtime, 'ledger' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = await audit.tenantsWaiting().catch((error: unknown) => {
    log.warn({ err: String(error) }, 'what is to be sealed could not be looked for');
    return [];
  });
  for (const tenant of waiting) {
    if (signal.aborted) return;
    try {
      await audit.seal(tenant);
    } catch (error) {
      log.error({ tenant, err: String(error) }, 'what was recorded could not be sealed; it waits');
    }
  }
}
