import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** SAP's own OData server (CAP), running. */
export interface RunningCap {
  /** `http://127.0.0.1:port`, of the services of both S/4HANA and Cloud for Customer. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Rows as CAP itself tells them, over OData V4: `rows('c4c/TaskCollection')`. */
  rows(set: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Makes a row over OData V4; answers it. */
  make(set: string, row: object): Promise<Readonly<Record<string, unknown>>>;
  /** Ends every session: their tokens are worth nothing from now on. */
  dropSessions(): Promise<void>;
  /** `METHOD path` of every request to the OData V2 services so far, and `fetch` for each session that was begun. */
  requests(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Whether its packages are here, which are no dependencies of the project: `npm ci` in this folder. */
export const hasCap = existsSync(join(__dirname, 'node_modules', '@sap', 'cds'));

/** Starts it in a process of its own. Rejects with what it wrote where it does not come up. */
export async function startCap(): Promise<RunningCap> {
  const child = spawn(process.execPath, [join(__dirname, 'serve.cjs')], { stdio: 'pipe' });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const ended = once(child, 'exit');
  const first = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const [line] = await Promise.race([
    first,
    ended.then(() => Promise.reject(new Error(`CAP did not start: ${errors}`))),
  ]);
  const { url, user, password } = JSON.parse(line) as Pick<RunningCap, 'url' | 'user' | 'password'>;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const ask = async (path: string, method = 'GET', row?: object): Promise<unknown> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method, headers, ...(row && { body: JSON.stringify(row) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    url,
    user,
    password,
    rows: async (set) => ((await ask(`/v4/${set}`)) as { value: readonly Readonly<Record<string, unknown>>[] }).value,
    make: async (set, row) => (await ask(`/v4/${set}`, 'POST', row)) as Readonly<Record<string, unknown>>,
    dropSessions: async () => {
      await ask('/simulator/sessions', 'DELETE');
    },
    requests: async () => (await ask('/simulator/requests')) as readonly string[],
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
