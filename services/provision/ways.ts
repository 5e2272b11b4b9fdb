/** Called with one line for a person, whenever setting up has come a step further. */
export type Progress = (line: string) => void;

/** A server that is there to be used. */
export interface Provided {
  /** `rabbitmq`, `temporal` or `postgres`. */
  readonly name: string;
  /** What a client connects to: an `amqp://` or `postgres://` URL with credentials, or Temporal's `host:port`. */
  readonly url: string;
  /** Which way led to it, for a person: `rabbitmq-server on the machine`. */
  readonly how: string;
  /** False for a server named by the environment: it is used, never started or stopped. */
  readonly isOwned: boolean;
  /** Ends it as a power cut would (SIGKILL), data and port kept. Throws when it is not owned. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. Throws when it is not owned. */
  restart(): Promise<void>;
  /** Ends it in good order and waits until all its processes are gone; nothing for a server that is not owned. */
  stop(): Promise<void>;
}

/** Why one way to a server is closed, and what a person could do to open it. */
export class WayClosed extends Error {
  constructor(
    readonly reason: string,
    readonly fix: string,
  ) {
    super(`${reason} (fix: ${fix})`);
    this.name = 'WayClosed';
  }
}

/** The server that the environment names cannot be used. Another one is not taken in its place: it would not have its data. */
export class NamedServerAway extends WayClosed {}

/** No way led to what was asked for. The message lists each way, why it failed, and its fix. */
export class ProvisionError extends Error {
  constructor(
    readonly server: string,
    readonly tried: readonly { way: string; reason: string; fix: string }[],
  ) {
    const list = tried.map(({ way, reason, fix }, at) => `  ${at + 1}. ${way}: ${reason}\n     fix: ${fix}`);
    const others = tried.length === 1 ? ':' : '. One of these is enough; all were tried:';
    super(`${server} could not be provided${others}\n${list.join('\n')}`);
    this.name = 'ProvisionError';
  }
}

/** One way to something: throws WayClosed when it cannot be gone here. */
export interface Way<T = Provided> {
  readonly name: string;
  open(): Promise<T>;
}

/** Goes the first way to a server that works. Throws ProvisionError. */
export async function firstThatWorks(server: string, ways: readonly Way[], progress: Progress): Promise<Provided> {
  const provided = await firstThatOpens(server, ways);
  progress(`${server}: ready at ${withoutPassword(provided.url)} (${provided.how})`);
  return provided;
}

/**
 * Goes the first way that works. A way that fails in an unforeseen manner counts as closed, too.
 * @throws ProvisionError of all ways, or of the environment's alone where it names a server that cannot be used
 */
export async function firstThatOpens<T>(what: string, ways: readonly Way<T>[]): Promise<T> {
  const tried: { way: string; reason: string; fix: string }[] = [];
  for (const way of ways) {
    try {
      return await way.open();
    } catch (error) {
      if (error instanceof NamedServerAway) {
        throw new ProvisionError(what, [{ way: way.name, reason: error.reason, fix: error.fix }]);
      }
      if (error instanceof WayClosed) tried.push({ way: way.name, reason: error.reason, fix: error.fix });
      else tried.push({ way: way.name, reason: String(error), fix: 'see the reason; the next way was tried' });
    }
  }
  throw new ProvisionError(what, tried);
}

/** A server that somebody else runs: used as it is, left as it is. */
export function notOwned(name: string, url: string, how: string): Provided {
  const refuse = (what: string) => (): Promise<void> =>
    Promise.reject(new Error(`${name} at ${withoutPassword(url)} was not started here (${how}), so it is not ${what}`));
  return {
    name,
    url,
    how,
    isOwned: false,
    kill: refuse('killed'),
    restart: refuse('restarted'),
    stop: () => Promise.resolve(),
  };
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
