import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Running {
  readonly stop: () => Promise<void>;
  /** Resolves when the simulator has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
}

/** A simulator as a program of its own. */
export interface Command<O extends object, R extends Running> {
  readonly usage: string;
  /** Flags that name a port, with the option that each sets: `grpc-port` -> `grpcPort`. */
  readonly ports: Readonly<Record<string, keyof O & string>>;
  readonly start: (options?: O) => Promise<R>;
  /** Endpoints and credentials: printed as one line of JSON when it is ready. */
  readonly show: (running: R) => object;
}

/** Runs until SIGTERM, SIGINT, the end of a parent with a channel to it, or whatever else stops the simulator; what is wrong with the arguments goes to standard error. */
export function runCommand<O extends object, R extends Running>(command: Command<O, R>): void {
  run(command).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

async function run<O extends object, R extends Running>({ usage, ports, start, show }: Command<O, R>): Promise<void> {
  const flags = Object.keys(ports).map((flag) => [flag, { type: 'string' }] as const);
  const { values } = parseArgs({
    options: { ...Object.fromEntries(flags), options: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const given = Object.entries(ports).flatMap(([flag, option]) => {
    const text: unknown = (values as Readonly<Record<string, unknown>>)[flag];
    return typeof text === 'string' ? [[option, portOf(text, flag)] as const] : [];
  });
  const running = await start({ ...readOptions(values.options), ...Object.fromEntries(given) } as O);
  const stop = (): void => void running.stop();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  // The channel to whoever started it, where there is one, breaks when that process ends, in whatever way.
  process.once('disconnect', stop);
  if (process.send !== undefined && !process.connected) stop();
  process.stdout.write(`${JSON.stringify(show(running))}\n`);
  await running.stopped;
  if (process.connected) process.disconnect();
}

function portOf(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new Error(`--${flag} must be a port number between 0 and 65535, not '${text}'`);
}

function readOptions(file: string | undefined): object {
  if (file === undefined) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch (error) {
    throw new Error(`--options ${file} cannot be read as JSON: ${String(error)}`, { cause: error });
  }
}
