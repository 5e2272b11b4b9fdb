import { BrokerConnection } from '../broker/connection';
import { Publisher } from '../broker/publisher';
import { CliError, logTo, type Terminal } from './terminal';

/** The broker that AMQP_URL names. Throws CliError where it names none. */
export const brokerUrl = ({ env }: Terminal): string => {
  if (env.AMQP_URL !== undefined) return env.AMQP_URL;
  throw new CliError('no broker is named', 'AMQP_URL', 'set AMQP_URL; `signalbox up --json` prints its own');
};

/** Uses a publisher of its own and closes it again. */
export const withPublisher = async <T>(
  terminal: Terminal,
  partitions: number,
  use: (publisher: Publisher, url: string) => Promise<T>,
): Promise<T> => {
  const url = brokerUrl(terminal);
  const connection = await BrokerConnection.open(url, logTo(terminal), 'signalbox cli');
  try {
    const publisher = await Publisher.open(connection, { partitions });
    try {
      return await use(publisher, url);
    } finally {
      await publisher.close();
    }
  } finally {
    await connection.close();
  }
};
