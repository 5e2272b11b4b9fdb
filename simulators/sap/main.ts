import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SapOptions } from './options';
import { startSap } from './start';

const usage = `Starts the SAP simulator on the loopback interface: S/4HANA, Cloud for Customer and Event Mesh.

  --s4-port N        S/4HANA (0: any)
  --c4c-port N       Cloud for Customer (0: any)
  --btp-port N       token endpoint, Event Mesh and admin endpoint (0: any)
  --options FILE     JSON with SapOptions: extensionFields, pageSize, c4cEvents, tokenLifeMs …
  --help

Prints one line of JSON with the endpoints and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/sap/main.js --options sap.json
`;

const port = (text: string | undefined, flag: string): number => {
  const value = Number(text ?? 0);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new Error(`--${flag} must be a port number between 0 and 65535, not '${text ?? ''}'`);
};

const readOptions = (file: string | undefined): SapOptions => {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SapOptions;
  } catch (error) {
    throw new Error(`--options ${file} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
};

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      's4-port': { type: 'string' },
      'c4c-port': { type: 'string' },
      'btp-port': { type: 'string' },
      options: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const running = await startSap({
    ...readOptions(values.options),
    ...(values['s4-port'] === undefined ? {} : { s4Port: port(values['s4-port'], 's4-port') }),
    ...(values['c4c-port'] === undefined ? {} : { c4cPort: port(values['c4c-port'], 'c4c-port') }),
    ...(values['btp-port'] === undefined ? {} : { btpPort: port(values['btp-port'], 'btp-port') }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void running.stop());
  const { s4Url, c4cUrl, tokenUrl, clientId, clientSecret, basicUser, basicPassword, eventMesh, adminUrl } = running;
  const systems = { s4Url, c4cUrl, tokenUrl, eventMesh, adminUrl };
  const { users, logicalSystem, tokenKeysUrl } = running;
  const secrets = { clientId, clientSecret, basicUser, basicPassword };
  process.stdout.write(`${JSON.stringify({ ...systems, ...secrets, users, logicalSystem, tokenKeysUrl })}\n`);
  await running.stopped;
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
