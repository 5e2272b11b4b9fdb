import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Dynamics365Options } from './options';
import { startDynamics365 } from './start';

const usage = `Starts the Dynamics 365 simulator on the loopback interface.

  --port N           HTTP port (0: any)
  --options FILE     JSON with Dynamics365Options: columns, keys, tables, tokenLifeMs, limits …
  --help

Prints one line of JSON with the endpoint and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/dynamics365/main.js --port 0
`;

const port = (text: string | undefined, flag: string): number => {
  const value = Number(text ?? 0);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new Error(`--${flag} must be a port number between 0 and 65535, not '${text ?? ''}'`);
};

const readOptions = (file: string | undefined): Dynamics365Options => {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Dynamics365Options;
  } catch (error) {
    throw new Error(`--options ${file} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      options: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const running = await startDynamics365({
    ...readOptions(values.options),
    ...(values.port === undefined ? {} : { port: port(values.port, 'port') }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.stop());
  const { baseUrl, tokenUrl, directoryId, clientId, clientSecret, scope, organizationId, applicationUserId, adminUrl } =
    running;
  const shown = { baseUrl, tokenUrl, directoryId, clientId, clientSecret, scope, organizationId, applicationUserId };
  process.stdout.write(`${JSON.stringify({ ...shown, adminUrl })}\n`);
  await running.stopped;
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
