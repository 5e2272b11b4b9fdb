/**
 * The process that alone loads node-rfc: its native code, SAP's SDK, can end the process it runs in. Started by `RfcProcess`,
 * told what to do by messages, ends with its parent.
 */
import type * as NodeRfc from 'node-rfc';
import type { Called, FromChild, Parameters, Request, RfcError, ToChild } from './messages';
import { serve } from './server';

type Sdk = typeof NodeRfc;
type Pooled = Awaited<ReturnType<NodeRfc.Client['open']>> & NodeRfc.Client;

let sdk: Sdk | undefined;
let pool: NodeRfc.Pool | undefined;
const sessions = new Map<number, Pooled>();
let lastSession = 0;
let lastCalled = 0;
const waiting = new Map<number, (isKept: boolean) => void>();

process.on('message', (message: ToChild) => {
  if (message.kind === 'kept') {
    waiting.get(message.id)?.(message.isKept);
    waiting.delete(message.id);
    return;
  }
  const { id, request } = message;
  answerTo(request).then(
    (value) => {
      tell({ kind: 'answer', id, value });
    },
    (error: unknown) => {
      tell({ kind: 'answer', id, error: errorOf(error) });
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function answerTo(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'open': {
      const { connection: connectionParameters, sessions: high } = request;
      pool ??= new (load().Pool)({ connectionParameters, poolOptions: { low: 0, high } });
      return undefined;
    }
    case 'acquire': {
      const client = (await pool?.acquire()) as Pooled;
      lastSession += 1;
      sessions.set(lastSession, client);
      return lastSession;
    }
    case 'call':
      return sessionOf(request.session).call(request.name, request.parameters as NodeRfc.RfcObject, {
        timeout: request.timeoutSeconds,
      });
    case 'release': {
      const client = sessionOf(request.session);
      sessions.delete(request.session);
      await (request.isBroken ? client.close() : pool?.release(client));
      return undefined;
    }
    case 'serve':
      await serve(load(), request, keep);
      return undefined;
  }
}

function load(): Sdk {
  // Another module than node-rfc only where a test names it: the stand-in, without SAP's SDK.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when it is needed, and may be absent
  sdk ??= require(process.env.SIGNALBOX_NODE_RFC ?? 'node-rfc') as Sdk;
  return sdk;
}

function sessionOf(number: number): Pooled {
  const client = sessions.get(number);
  if (client === undefined) throw new Error(`there is no session ${number}`);
  return client;
}

/** Whether the parent has kept in the inbox what SAP called. */
function keep(called: Called): Promise<boolean> {
  lastCalled += 1;
  const id = lastCalled;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ kind: 'called', id, called });
  });
}

function tell(message: FromChild): void {
  process.send?.(message);
}

/** node-rfc's errors are plain objects as well as Errors, and have more than goes through the channel. */
function errorOf(error: unknown): RfcError {
  const { name, message, code, key, group } = error as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const known: Parameters = { code: text(code), key: text(key), group: typeof group === 'number' ? group : undefined };
  return { name: text(name) ?? 'Error', message: text(message) ?? String(error), ...known };
}
