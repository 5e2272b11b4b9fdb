import { Client, Connection } from '@temporalio/client';
import { CliError, type Terminal } from './terminal';

/** Uses a client of the Temporal that TEMPORAL_ADDRESS names, and closes it again. Throws CliError where it names none. */
export const withTemporal = async <T>({ env }: Terminal, use: (client: Client) => Promise<T>): Promise<T> => {
  const { TEMPORAL_ADDRESS: address } = env;
  if (address === undefined) {
    const fix = 'set TEMPORAL_ADDRESS; `signalbox up --json` prints its own';
    throw new CliError('no Temporal is named', 'TEMPORAL_ADDRESS', fix);
  }
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
};
