import type { Mesh } from './mesh';
import type { Message, Queue } from '../../kit/queue';

/** How a push proves who it is. */
export type WebhookAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'oauth2'; readonly clientId: string; readonly clientSecret: string; readonly tokenUrl: string };

/** A webhook to push to. */
export interface WebhookTarget {
  readonly name: string;
  readonly queue: string;
  readonly endpoint: string;
  readonly auth: WebhookAuth;
  readonly exemptHandshake: boolean;
  /** Sent for JSON messages in place of what the publisher said. */
  readonly contentType?: string;
  /** Not from Event Mesh: without its headers. */
  readonly plain?: boolean;
}

/** A try to deliver a message, as `GET /simulator/deliveries` shows it. */
export interface Delivery {
  /** Epoch milliseconds of the answer. */
  readonly at: number;
  readonly subscription: string;
  readonly topic: string;
  readonly messageId: string;
  readonly attempt: number;
  /** The answer's status; 0 where none came. */
  readonly status: number;
}

/** What pushing needs. */
export interface PushSettings {
  readonly origin: string;
  readonly redeliveryMs: number;
  readonly timeoutMs: number;
  /** Whether a handshake counts as refused whatever the endpoint says. */
  readonly refuses: () => boolean;
}

const fetchToken = async (auth: WebhookAuth & { kind: 'oauth2' }, signal: AbortSignal): Promise<string> => {
  const response = await fetch(auth.tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${auth.clientId}:${auth.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    signal,
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`no token from ${auth.tokenUrl}: status ${response.status}`);
  return token;
};

/** Pushes the messages of a queue to one webhook, one at a time, until each is taken. */
export class WebhookSubscription {
  readonly deliveries: Delivery[] = [];
  #state: 'handshake' | 'active' | 'paused' = 'handshake';
  #reason = '';
  #token: string | undefined;
  #pushing = false;
  readonly #abort = new AbortController();
  readonly #queue: Queue;
  readonly #leave: () => void;

  constructor(
    readonly target: WebhookTarget,
    mesh: Mesh,
    private readonly settings: PushSettings,
  ) {
    this.#queue = mesh.queue(target.queue);
    this.#leave = this.#queue.listen(() => {
      void this.#push();
    });
    if (target.exemptHandshake) this.#state = 'active';
  }

  /** What the management API says of it. */
  get status(): { readonly subscriptionStatus: string; readonly subscriptionStatusReason: string } {
    return {
      subscriptionStatus: this.#state === 'active' ? 'Active' : 'Paused',
      subscriptionStatusReason: this.#state === 'active' ? '' : this.#reason,
    };
  }

  /** Asks the endpoint whether it wants to be called, and begins to push if so. */
  async handshake(): Promise<boolean> {
    if (this.target.exemptHandshake) return true;
    const { origin } = this.settings;
    try {
      const response = await fetch(this.target.endpoint, {
        method: 'OPTIONS',
        headers: { ...(await this.#authorization()), 'webhook-request-origin': origin },
        redirect: 'manual',
        signal: this.#signal(),
      });
      const allowed = response.headers.get('webhook-allowed-origin');
      const agreed = !this.settings.refuses() && response.ok && (allowed === origin || allowed === '*');
      this.#reason = agreed ? '' : `Handshake refused: status ${response.status}, allowed origin '${allowed ?? ''}'`;
      this.#state = agreed ? 'active' : 'handshake';
    } catch (error) {
      this.#reason = `Handshake failed: ${String(error)}`;
    }
    void this.#push();
    return this.#state === 'active';
  }

  /** Stops to push, or goes on. */
  pause(paused: boolean): void {
    if (this.#state !== 'handshake') this.#state = paused ? 'paused' : 'active';
    this.#reason = paused ? 'Paused by the user' : this.#reason;
    void this.#push();
  }

  /** Ends for good; the queue keeps what was not taken. */
  close(): void {
    this.#state = 'paused';
    this.#abort.abort();
    this.#leave();
  }

  async #push(): Promise<void> {
    if (this.#pushing) return;
    this.#pushing = true;
    while (this.#state === 'active') {
      const message = this.#queue.take();
      if (message === undefined) break;
      await this.#deliver(message);
    }
    this.#pushing = false;
  }

  async #deliver(message: Message): Promise<void> {
    const { status, waitMs } = await this.#post(message);
    const { name } = this.target;
    this.deliveries.push({
      at: Date.now(),
      subscription: name,
      topic: message.topic,
      messageId: message.id,
      attempt: message.deliveries,
      status,
    });
    if (status >= 200 && status < 300) this.#queue.settle(message);
    else this.#queue.release(message, waitMs);
  }

  async #post(message: Message): Promise<{ status: number; waitMs: number }> {
    const { redeliveryMs } = this.settings;
    try {
      const response = await fetch(this.target.endpoint, {
        method: 'POST',
        headers: {
          ...(await this.#authorization()),
          'content-type': this.#contentType(message),
          ...(this.target.plain === true
            ? {}
            : { 'webhook-request-origin': this.settings.origin, 'x-address': `topic:${message.topic}`, 'x-qos': '1' }),
        },
        body: new Uint8Array(message.body),
        redirect: 'manual',
        signal: this.#signal(),
      });
      await response.arrayBuffer();
      // A token may have been revoked before its time: the next try asks for another.
      if (response.status === 401) this.#token = undefined;
      const asked = response.status === 429 ? Number(response.headers.get('retry-after') ?? 0) * 1000 : 0;
      return { status: response.status, waitMs: Math.max(redeliveryMs, asked) };
    } catch {
      return { status: 0, waitMs: redeliveryMs };
    }
  }

  #contentType({ contentType }: Message): string {
    return contentType.includes('json') ? (this.target.contentType ?? contentType) : contentType;
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.settings.timeoutMs)]);
  }

  async #authorization(): Promise<Record<string, string>> {
    const { auth } = this.target;
    switch (auth.kind) {
      case 'none':
        return {};
      case 'basic':
        return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };
      case 'bearer':
        return { authorization: `Bearer ${auth.token}` };
      case 'oauth2':
        this.#token ??= await fetchToken(auth, this.#signal());
        return { authorization: `Bearer ${this.#token}` };
    }
  }
}
