import { startSap, type RunningSap } from '../../simulators/sap';
import { MemoryInbox } from '../../test/contract/memory-inbox';
import { Permanent, Retryable, type Inbox } from '../contract';
import { checkQueue, type AmqpQueue } from './amqp-link';
import { inboxSource } from './inbox-source';
import { queueSource, type QueueSource } from './queue-source';

const stream = 'events';
let sap: RunningSap;
let queueName: string;

beforeEach(async () => {
  sap = await startSap();
  queueName = `${sap.eventMesh.namespace}/kit`;
  sap.admin.makeQueue(queueName);
});
afterEach(() => sap.stop());

async function token(): Promise<string> {
  const { clientId, clientSecret, tokenUrl } = sap;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await fetch(tokenUrl, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

function queue({ url = sap.eventMesh.amqpUrl, name = queueName, login = token } = {}): AmqpQueue {
  return {
    address: `queue:${name}`,
    broker: { url, login: async () => ({ kind: 'bearer', token: await login() }) },
  };
}

function source(inbox: Inbox, from: AmqpQueue = queue()): QueueSource<string> {
  return queueSource({
    inbox,
    queue: from,
    taker: stream,
    keep: ({ body }) => [{ stream, payload: body }],
    kept: inboxSource(inbox, (payload) => ({ native: Buffer.from(payload).toString('utf8') })),
  });
}

function publish(...bodies: readonly string[]): void {
  for (const body of bodies) sap.admin.fault({ kind: 'poisonEvent', body });
}

/** The natives of the next deliveries. */
async function take(from: QueueSource<string>, count: number): Promise<readonly unknown[]> {
  const abort = new AbortController();
  const taken: unknown[] = [];
  const options = { start: { from: 'earliest' }, maxInFlight: 10, signal: abort.signal } as const;
  for await (const delivery of from.subscribe(stream, options)) {
    if (delivery.kind === 'event') taken.push(delivery.native);
    if (taken.length === count) abort.abort();
  }
  return taken;
}

/** Fails once, as a ledger that is away for a moment. */
class AwayOnce extends MemoryInbox {
  #isAway = true;

  override append(of: string, payloads: readonly Uint8Array[]): Promise<void> {
    if (!this.#isAway) return super.append(of, payloads);
    this.#isAway = false;
    return this.refuse();
  }

  protected refuse(): Promise<void> {
    return Promise.reject(new Retryable('SBX_INBOX_UNAVAILABLE', 'the ledger is away'));
  }
}

/** The defect: says that it has kept what it has not, so that the queue is told to forget it. */
class Forgetful extends AwayOnce {
  protected override refuse(): Promise<void> {
    return Promise.resolve();
  }
}

/** That messages which the inbox did not take are still the queue's, and come again. Rejects where they are lost. */
async function losesNothing(inbox: Inbox): Promise<void> {
  publish('a', 'b');
  const first = take(source(inbox), 2).catch((error: unknown) => {
    if (!(error instanceof Retryable)) throw error;
  });
  // Either the subscription has ended over what was not kept, or the queue was told to forget it.
  await Promise.race([first, until(() => sap.admin.counts().pending === 0)]);
  if (sap.admin.counts().pending === 0) throw new Error('a and b are lost: settled, and in no inbox');
  expect(await take(source(inbox), 2)).toEqual(['a', 'b']);
}

it('leaves with the queue what the inbox did not take, and hears it again', async () => {
  await losesNothing(new AwayOnce());
  expect(sap.admin.counts().pending).toBe(0);
});

it('would lose it if it settled before it was kept: the twin does', async () => {
  await expect(losesNothing(new Forgetful())).rejects.toThrow('lost');
});

it('reads in one order what was taken and what was pushed into the same inbox', async () => {
  const inbox = new MemoryInbox();
  await inbox.append(stream, [Buffer.from('pushed')]);
  publish(...Array.from({ length: 30 }, (_, n) => `m${n}`));
  const heard = await take(source(inbox), 31);
  expect(heard).toEqual(['pushed', ...Array.from({ length: 30 }, (_, n) => `m${n}`)]);
});

it('ends as Retryable when the link is cut, and goes on where it was', async () => {
  const inbox = new MemoryInbox();
  const first = take(source(inbox), 2);
  publish('a');
  // Settled, too: what is cut in between comes twice, and the ledger drops it.
  await until(() => inbox.handedOut === 1 && sap.admin.counts().pending === 0);
  sap.admin.fault({ kind: 'dropLinks' });
  await expect(first).rejects.toMatchObject({ constructor: Retryable, code: 'SBX_AMQP_UNREACHABLE' });
  publish('b');
  await expect(take(source(inbox), 2)).resolves.toEqual(['a', 'b']);
});

describe('what cannot be taken from is refused with the fix', () => {
  const refused: readonly (readonly [string, () => AmqpQueue, unknown, RegExp])[] = [
    ['an unknown queue', () => queue({ name: 'nowhere' }), Permanent, /name of the queue/],
    ['a token that is none', () => queue({ login: () => Promise.resolve('x') }), Permanent, /check the credentials/],
    ['a token on a plain connection', () => queue({ url: 'amqp://127.0.0.1:1' }), Permanent, /wss: address/],
    ['a host that is away', () => queue({ url: 'ws://127.0.0.1:1/amqp' }), Retryable, /the network/],
  ];

  it.each(refused)('%s', async (_, of, kind, fix) => {
    await expect(take(source(new MemoryInbox(), of()), 1)).rejects.toBeInstanceOf(kind);
    const finding = await checkQueue(of(), AbortSignal.timeout(5_000));
    expect(finding).toMatchObject({ level: 'error', fix: expect.stringMatching(fix) as string });
  });

  it('and one that can is found well, with nothing taken', async () => {
    publish('a');
    const finding = await checkQueue(queue(), AbortSignal.timeout(5_000));
    expect(finding.level).toBe('ok');
    expect(sap.admin.counts()).toMatchObject({ pending: 1, handedOut: 0 });
  });
});

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
