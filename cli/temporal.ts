import { Client, Connection } from '@temporalio/client';
import { temporalSettings } from '../services/temporal/settings';
import { CliError, type Terminal } from './terminal';

/** Options of the commands that speak with Temporal. */
export interface TemporalOptions {
  /** HOST:PORT; wins over TEMPORAL_ADDRESS. */
  readonly temporal?: string;
}

const fix = 'give HOST:PORT with --temporal or in TEMPORAL_ADDRESS; `signalbox up --json` tells its own';

/** Where Temporal is. Throws CliError where it is not said. */
export const temporalAddress = ({ temporal }: TemporalOptions, { env }: Terminal): string => {
  const address = temporal ?? env.TEMPORAL_ADDRESS;
  if (address === undefined) throw new CliError('it is not said where Temporal is', '--temporal', fix);
  return address;
};

/** Opens a door to Temporal, uses it and closes it again. Throws CliError where none is named or none answers. */
export const withTemporal = async <T>(
  options: TemporalOptions,
  terminal: Terminal,
  use: (client: Client) => Promise<T>,
): Promise<T> => {
  const address = temporalAddress(options, terminal);
  const { env } = terminal;
  const settings = temporalSettings(address, { ...env, TEMPORAL_ADDRESS: address });
  let connection: Connection;
  try {
    connection = await Connection.connect({ ...settings.connection, connectTimeout: '5s' });
  } catch (error) {
    throw new CliError('no Temporal server answers', address, fix, 2, { cause: error });
  }
  try {
    return await use(new Client({ connection, ...settings.door }));
  } finally {
    await connection.close();
  }
};
