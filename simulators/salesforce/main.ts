import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SalesforceOptions } from './options';
import { startSalesforce } from './start';

const usage = `Starts the Salesforce simulator on the loopback interface.

  --port N           HTTP port (0: any)
  --grpc-port N      Pub/Sub API port (0: any)
  --options FILE     JSON with SalesforceOptions: fields, objects, platformEvents, apps, tokenLifeMs, keepaliveMs …
  --help

Prints one line of JSON with the endpoints and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/salesforce/main.js --port 0 --grpc-port 0
`;

const port = (text: string | undefined, flag: string): number => {
  const value = Number(text ?? 0);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new Error(`--${flag} must be a port number between 0 and 65535, not '${text ?? ''}'`);
};

const readOptions = (file: string | undefined): SalesforceOptions => {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SalesforceOptions;
  } catch (error) {
    throw new Error(`--options ${file} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'grpc-port': { type: 'string' },
      options: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const running = await startSalesforce({
    ...readOptions(values.options),
    ...(values.port === undefined ? {} : { port: port(values.port, 'port') }),
    ...(values['grpc-port'] === undefined ? {} : { grpcPort: port(values['grpc-port'], 'grpc-port') }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.stop());
  const { baseUrl, grpcAddress, caCertPem, orgId, clients, adminUrl } = running;
  process.stdout.write(`${JSON.stringify({ baseUrl, grpcAddress, caCertPem, orgId, clients, adminUrl })}\n`);
  await running.stopped;
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
