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

/** Starts RabbitMQ, Temporal and PostgreSQL once for all suites, and names them in the environment as an operator would. */
export default async function globalSetup(): Promise<void> {
  const [needed, postgres] = await Promise.all([
    provideAll({ rabbit: true, temporal: true, stateDir, progress }),
    // The suites on PostgreSQL skip by name without DATABASE_URL; all others run on the embedded ledger.
    provideAll({ postgres: true, stateDir, progress }).catch((error: unknown) => {
      if (!(error instanceof ProvisionError)) throw error;
      progress(error.message);
      return undefined;
    }),
  ]);
  globalThis.signalboxTestServers = postgres === undefined ? [needed] : [needed, postgres];
  if (needed.rabbit !== undefined) process.env['AMQP_URL'] = needed.rabbit.url;
  if (needed.temporal !== undefined) process.env['TEMPORAL_ADDRESS'] = needed.temporal.url;
  if (postgres?.postgres !== undefined) process.env['DATABASE_URL'] = postgres.postgres.url;
}
