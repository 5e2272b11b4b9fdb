/** A message of the broker. */
export interface Message {
  readonly id: string;
  readonly sequence: number;
  readonly topic: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Application properties. */
  readonly properties?: Readonly<Record<string, string | boolean>>;
  /** How often it was handed out. */
  deliveries: number;
}

/** A queue: hands every message to one consumer at a time until one of them settles it. */
export class Queue {
  readonly topics = new Set<string>();
  /** How often a message was handed out. */
  handedOut = 0;
  readonly #ready: Message[] = [];
  readonly #out = new Set<Message>();
  readonly #delayed = new Map<Message, NodeJS.Timeout>();
  readonly #consumers = new Set<() => void>();

  constructor(
    readonly name: string,
    /** Only the first consumer is served. */
    readonly exclusive: boolean,
  ) {}

  /** Messages that nobody has settled. */
  get pending(): number {
    return this.#ready.length + this.#out.size + this.#delayed.size;
  }

  /** Whether a message of this topic belongs here. */
  wants(topic: string): boolean {
    return [...this.topics].some((pattern) => matches(pattern, topic));
  }

  /** Tells a consumer whenever it may find a message. */
  listen(consumer: () => void): () => void {
    this.#consumers.add(consumer);
    return () => {
      this.#consumers.delete(consumer);
      this.#tell();
    };
  }

  /** Whether this consumer is the one that is served; of an exclusive queue, the first. */
  serves(consumer: () => void): boolean {
    return !this.exclusive || this.#consumers.values().next().value === consumer;
  }

  /** Puts a message at its place in the order of publication. */
  put(message: Message): void {
    const place = this.#ready.findIndex(({ sequence }) => sequence > message.sequence);
    if (place === -1) this.#ready.push(message);
    else this.#ready.splice(place, 0, message);
    this.#tell();
  }

  /** Hands the oldest message out. */
  take(): Message | undefined {
    const message = this.#ready.shift();
    if (message === undefined) return undefined;
    message.deliveries += 1;
    this.handedOut += 1;
    this.#out.add(message);
    return message;
  }

  /** The message was handled. */
  settle(message: Message): void {
    this.#out.delete(message);
  }

  /** The message was not handled; it comes back, at once or after a wait. */
  release(message: Message, afterMs = 0): void {
    if (!this.#out.delete(message)) return;
    if (afterMs === 0) {
      this.put(message);
      return;
    }
    const timer = setTimeout(() => {
      this.#delayed.delete(message);
      this.put(message);
    }, afterMs);
    this.#delayed.set(message, timer);
  }

  /** Throws every message away. */
  close(): void {
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#consumers.clear();
    this.#ready.length = 0;
    this.#out.clear();
  }

  #tell(): void {
    for (const consumer of [...this.#consumers]) consumer();
  }
}

/** `+` stands for one level, `*` at the end for all that follow. */
const matches = (pattern: string, topic: string): boolean => {
  const [wanted, given] = [pattern.split('/'), topic.split('/')];
  const rest = wanted.at(-1) === '*';
  if (rest ? given.length < wanted.length : given.length !== wanted.length) return false;
  return (rest ? wanted.slice(0, -1) : wanted).every((level, index) => level === '+' || level === given[index]);
};
