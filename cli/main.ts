import { endInOrder } from '../services/provision/on-exit';
import { reachLoopbackDirectly } from './loopback';
import { run } from './program';
import { exit, processTerminal } from './terminal';

/** The `signalbox` command: this process's arguments, streams and exit code. */
const main = async (): Promise<void> => {
  reachLoopbackDirectly(process.env);
  // Whoever reads the output may have seen enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    endInOrder(exit.ok);
  });
  const code = await run(process.argv.slice(2), processTerminal());
  // A command that runs until a signal has set its own.
  if (code !== exit.ok || process.exitCode === undefined) process.exitCode = code;
};

void main();
