import { join } from 'node:path';
import { type ProvidedServers, provideAll } from '../services/provision/provide';
import { ProvisionError } from '../services/provision/ways';

declare global {
  // Jest hands nothing from set-up to teardown, which run in one process, but what is global.
  var signalboxTestServers: ProvidedServers[] | undefined;
}

const stateDir = join(__dirname, '..', '.signalbox');
const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/**
 * Starts RabbitMQ, Temporal and PostgreSQL for each of jest's workers, whose suites run one after the other. The environment
 * of the tests names a worker its own as an operator would.
 */
export default async function globalSetup({ maxWorkers }: { readonly maxWorkers: number }): Promise<void> {
  // The first fetches what is missing, for all.
  const first = await provideSet();
  const others = await Promise.all(Array.from({ length: maxWorkers - 1 }, provideSet));
  process.env['SIGNALBOX_TEST_SERVERS'] = JSON.stringify([first, ...others]);
}

/** @returns how the servers are named in the environment */
async function provideSet(): Promise<Readonly<Record<string, string | undefined>>> {
  const provided = async (wanted: { rabbit?: true; temporal?: true; postgres?: true }): Promise<ProvidedServers> => {
    const servers = await provideAll({ ...wanted, stateDir, progress });
    (globalThis.signalboxTestServers ??= []).push(servers);
    return servers;
  };
  const [{ rabbit, temporal }, postgres] = await Promise.all([
    provided({ rabbit: true, temporal: true }),
    // The suites on PostgreSQL skip by name without DATABASE_URL; all others run on the embedded ledger.
    provided({ postgres: true }).catch((error: unknown) => {
      if (!(error instanceof ProvisionError)) throw error;
      progress(error.message);
      return undefined;
    }),
  ]);
  return {
    AMQP_URL: rabbit?.url,
    TEMPORAL_ADDRESS: temporal?.url,
    // On a server that the environment names, others may work.
    SIGNALBOX_TEST_TEMPORAL: temporal?.isOwned === true ? temporal.url : '',
    DATABASE_URL: postgres?.postgres?.url,
  };
}
