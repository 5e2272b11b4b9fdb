import { CloudEvent, HTTP } from 'cloudevents';
import { setTimeout as wait } from 'node:timers/promises';
import { signature, type SharedKey } from './signature';

/** A mode of the HTTP binding. */
export type Mode = 'binary' | 'structured' | 'batch';

/** Where a channel sends, and how it proves itself. */
interface SenderOptions {
  readonly url: string;
  readonly auth: SharedKey | { token(): Promise<string>; renew(): void };
  /** Ms since 1970; default: the machine's clock. */
  readonly now?: () => number;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Attributes = Readonly<Record<string, unknown>>;

/** A channel: says what happened as CloudEvents, by the published SDK, and comes again as long as it is asked to. */
export class Sender {
  constructor(private readonly options: SenderOptions) {}

  /** Sends until it is answered with something else than 429, 503 or, once, 401. */
  async send(events: readonly Attributes[], mode: Mode = 'structured'): Promise<Answer> {
    const message = encode(events, mode);
    for (let tries = 1; ; tries++) {
      const answer = await this.post(message);
      if (answer.status === 401 && tries === 1 && 'renew' in this.options.auth) this.options.auth.renew();
      else if (![429, 503].includes(answer.status) || tries === 20) return answer;
      else await wait(Math.min(Number(answer.retryAfter ?? 1) * 1000, 1000));
    }
  }

  /** One request, signed, whatever it says. */
  async post({ headers, body }: Message, changed: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const proof = await this.proofOf({ headers, body: bytes });
    const response = await fetch(this.options.url, {
      method: 'POST',
      headers: { ...headers, ...proof, ...changed },
      body: new Uint8Array(bytes),
    });
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.text() };
  }

  private async proofOf(message: { headers: Message['headers']; body: Uint8Array }): Promise<Record<string, string>> {
    const { auth, now = Date.now } = this.options;
    if ('token' in auth) return { authorization: `Bearer ${await auth.token()}` };
    const at = Math.floor(now() / 1000);
    return { 'signalbox-signature': signature({ method: 'POST', ...message }, auth, at) };
  }
}

/** The events as one HTTP message. */
export function encode(events: readonly Attributes[], mode: Mode): Message {
  // Not strict: what a sender gets wrong is the receiver's to find.
  const made = events.map((event) => new CloudEvent(event as ConstructorParameters<typeof CloudEvent>[0], false));
  const [first] = made;
  if (mode === 'batch') {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    return { headers, body: JSON.stringify(made.map((event) => event.toJSON())) };
  }
  if (first === undefined) throw new RangeError(`nothing to send in the ${mode} mode`);
  const { headers, body } = mode === 'binary' ? HTTP.binary(first) : HTTP.structured(first);
  // The SDK leaves header values as they are; the binding percent-encodes what is more than printable ASCII.
  const encoded = Object.entries(headers).map(([name, value]): [string, string] => {
    return [name, name.startsWith('ce-') ? encodeURI(String(value)) : String(value)];
  });
  return { headers: Object.fromEntries(encoded), body: (body ?? '') as string | Uint8Array };
}
