/** A server that does not answer within it counts as away, ms. */
const patienceMs = 3_000;

/** Asks something now and then, once at a time, and says what is wrong with the answer. */
export class Probe<T> {
  private underWay: Promise<T> | undefined;
  private begunAt = 0;
  private answer: { readonly value: T; readonly at: number } | undefined;

  /**
   * @param what the server's name, for a person
   * @param freshMs how long an answer holds, ms
   */
  constructor(
    private readonly what: string,
    private readonly ask: () => Promise<T>,
    private readonly freshMs: number,
  ) {}

  /** The last answer, as long as it holds. */
  get value(): T | undefined {
    return this.answer?.value;
  }

  /** What is wrong, in words; undefined where it answers. Never rejects. */
  async problem(): Promise<string | undefined> {
    if (this.answer !== undefined && Date.now() - this.answer.at < this.freshMs) return undefined;
    if (this.underWay === undefined) {
      this.begunAt = Date.now();
      this.underWay = this.ask().finally(() => (this.underWay = undefined));
    }
    try {
      const value = await inTime(this.underWay, this.begunAt + patienceMs - Date.now());
      this.answer = { value, at: Date.now() };
      return undefined;
    } catch (error) {
      this.answer = undefined;
      if (error instanceof Late) return `${this.what} does not answer`;
      return `${this.what}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300);
    }
  }
}

class Late extends Error {}

async function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new Late());
      },
      Math.max(0, ms),
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
