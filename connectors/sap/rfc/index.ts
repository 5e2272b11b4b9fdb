import type { Finding, Inbox, Log } from '../../contract';
import { Retryable } from '../../contract';
import type { Feed } from '../../kit/inbox-source';
import type { Settings } from '../config';
import type { SinkContext } from '../sink/sink-context';
import { createActivities } from './activities';
import { changeActivities } from './activity-changes';
import { entriesOf } from './called';
import { checkRfc } from './check';
import type { Called } from './messages';
import { RfcProcess, type RfcOptions } from './process';

interface Hearing {
  readonly inbox: Inbox;
  readonly stream: string;
  readonly now: () => number;
}

/** What a connection does over RFC. */
export interface RfcPart {
  /** What the sink has of it. */
  readonly sink: Pick<SinkContext, 'createActivities' | 'changeActivities'>;
  /** Hears what SAP calls, where a server is configured. */
  feed(hearing: Hearing): Feed | undefined;
  check(): Promise<readonly Finding[]>;
  /** Idempotent. */
  close(): void;
}

/** Undefined where RFC is not configured. Without effect: the process is started by the first call. */
export function rfcOf({ rfc, baseUrl }: Settings, log: Log): RfcPart | undefined {
  if (rfc === undefined) return undefined;
  const { server, activity, ...rest } = rfc;
  const options: Omit<RfcOptions, 'keep'> = { ...rest, log };
  const calling = new RfcProcess({ ...options, keep: () => Promise.reject(new Error('no server is registered here')) });
  return {
    sink:
      activity === undefined
        ? {}
        : {
            createActivities: (actions) => createActivities(actions, calling, activity, baseUrl),
            changeActivities: (actions) => changeActivities(actions, calling, activity, baseUrl),
          },
    feed: (hearing) => (server === undefined ? undefined : (signal) => hear({ ...options, server }, hearing, signal)),
    check: () => checkRfc(calling, activity),
    close: () => {
      calling.close();
    },
  };
}

/** In a process of its own, so that a call out cannot end what SAP calls in. Throws Retryable when it ends. */
async function hear(
  options: Omit<RfcOptions, 'keep'>,
  { inbox, stream, now }: Hearing,
  signal: AbortSignal,
): Promise<void> {
  const source = String(options.server?.connection.program_id);
  const keep = (called: Called): Promise<void> =>
    inbox.append(stream, entriesOf(called, source, new Date(now()).toISOString()));
  const rfc = new RfcProcess({ ...options, keep });
  const close = (): void => {
    rfc.close();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    signal.throwIfAborted();
    const how = await (await rfc.start()).ended;
    throw new Retryable('SBX_SAP_RFC_CRASH', `the process of the RFC server has ended (${how})`);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    close();
    signal.removeEventListener('abort', close);
  }
}
