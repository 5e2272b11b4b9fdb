import { findPrograms, runCommand, tail } from './machine';
import { ServerProcess } from './server-process';
import type { StateFolder } from './state-folder';
import { type Progress, type Provided, WayClosed } from './ways';

/** How one server runs as a container. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** The port inside the container and the one on this machine's loopback address. */
  readonly port: { readonly inside: number; readonly outside: number };
  readonly env: Readonly<Record<string, string>>;
  /** Folder inside the container whose content survives kill and restart. */
  readonly dataFolder: string;
  readonly command?: readonly string[];
  readonly answers: () => Promise<void>;
  readonly url: string;
}

/** Runs a server as a container. Throws WayClosed when no Docker engine answers or the image cannot be had. */
export async function provideContainer(spec: ContainerSpec, state: StateFolder, progress: Progress): Promise<Provided> {
  const docker = await dockerEngine();
  const { code, output } = await runCommand(docker, ['image', 'inspect', spec.image], { withinMs: 30_000 });
  if (code !== 0) {
    progress(`${spec.name}: pulling ${spec.image}`);
    const pulled = await runCommand(docker, ['pull', '-q', spec.image], { withinMs: 300_000 });
    if (pulled.code !== 0)
      throw new WayClosed(`docker pull: ${tail(pulled.output + output, 3)}`, `make "docker pull ${spec.image}" work`);
  }
  const container = `signalbox-${state.id}-${spec.name}`;
  const volume = `${container}-data`;
  const server = new ServerProcess(
    {
      name: spec.name,
      command: docker,
      args: [
        ...['run', '--rm', '--name', container, '--hostname', spec.name],
        ...['-p', `127.0.0.1:${spec.port.outside}:${spec.port.inside}`, '-v', `${volume}:${spec.dataFolder}`],
        ...Object.entries(spec.env).flatMap(([key, value]) => ['-e', `${key}=${value}`]),
        spec.image,
        ...(spec.command ?? []),
      ],
      env: {},
      stopSignal: 'SIGTERM',
      answers: spec.answers,
      startWithinMs: 120_000,
      ending: [docker, 'rm', '-f', container],
    },
    state,
  );
  await server.start();
  const provided = server.provided(spec.url, `container ${spec.image}`);
  const stop = async (): Promise<void> => {
    await provided.stop();
    if (!state.isPersistent) await runCommand(docker, ['volume', 'rm', '-f', volume], { withinMs: 30_000 });
  };
  return { ...provided, stop };
}

async function dockerEngine(): Promise<string> {
  const [docker] = findPrograms('docker');
  if (docker === undefined) throw new WayClosed('there is no docker command', 'install Docker and start it');
  const { code, output } = await runCommand(docker, ['info', '--format', '{{.ServerVersion}}'], { withinMs: 15_000 });
  if (code !== 0) throw new WayClosed(`no Docker engine answers: ${tail(output, 1)}`, 'start the Docker engine');
  return docker;
}
