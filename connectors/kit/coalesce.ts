export interface CoalesceOptions<I> {
  /** Inputs in one batch at most. */
  readonly maxBatch: number;
  /** How long the first input of a batch waits for company, in ms. 0: until the current turn of the event loop ends. */
  readonly windowMs: number;
  /** Inputs of one key that are under way at the same time have one effect and one answer. */
  readonly keyOf: (input: I) => string;
}

interface Waiting<I, O> {
  readonly input: I;
  readonly resolve: (output: O) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets concurrent callers share one native batch; each gets its own answer.
 * @param apply answers for each input, in order; when it rejects, every caller of the batch gets that error
 */
export function coalesce<I, O>(
  apply: (batch: readonly I[]) => Promise<readonly O[]>,
  { maxBatch, windowMs, keyOf }: CoalesceOptions<I>,
): (input: I) => Promise<O> {
  const underWay = new Map<string, Promise<O>>();
  let batch: Waiting<I, O>[] = [];
  let timer: NodeJS.Timeout | undefined;

  const send = (): void => {
    clearTimeout(timer);
    const sent = batch;
    batch = [];
    void settle(apply, sent);
  };

  return (input) => {
    const key = keyOf(input);
    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    const answer = new Promise<O>((resolve, reject) => {
      batch.push({ input, resolve, reject });
    }).finally(() => underWay.delete(key));
    underWay.set(key, answer);
    if (batch.length >= maxBatch) send();
    else if (batch.length === 1) timer = setTimeout(send, windowMs);
    return answer;
  };
}

async function settle<I, O>(
  apply: (batch: readonly I[]) => Promise<readonly O[]>,
  sent: readonly Waiting<I, O>[],
): Promise<void> {
  try {
    const outputs = await apply(sent.map(({ input }) => input));
    if (outputs.length !== sent.length) {
      throw new Error(`a batch of ${sent.length} got ${outputs.length} answers: whose they are cannot be told`);
    }
    sent.forEach(({ resolve }, index) => {
      resolve(outputs[index] as O);
    });
  } catch (error) {
    for (const { reject } of sent) reject(error);
  }
}
