import { run } from './program';
import { exit, type Terminal } from './terminal';

/** What a command line printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, with its own environment and standard input. */
export const signalbox = async (
  args: readonly string[],
  { env = {}, input = '' }: { readonly env?: Terminal['env']; readonly input?: string } = {},
): Promise<Ran> => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readInput: () => Promise.resolve(Buffer.from(input)),
    env,
    exitCode: exit.ok,
  };
  const code = await run(args, terminal);
  return { code, out: out.join(''), err: err.join('') };
};
