import { coalesce } from './coalesce';

interface Call {
  readonly batch: readonly string[];
  answer(outputs: readonly string[]): void;
  fail(error: Error): void;
}

function recorded(maxBatch = 10) {
  const calls: Call[] = [];
  const call = coalesce<string, string>(
    (batch) => new Promise((resolve, reject) => calls.push({ batch, answer: resolve, fail: reject })),
    { maxBatch, windowMs: 0, keyOf: (input) => input },
  );
  return { call, calls };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('coalesce', () => {
  it('sends concurrent inputs in one batch and gives each its own answer', async () => {
    const { call, calls } = recorded();
    const answers = Promise.all(['a', 'b', 'c'].map(call));
    await nextTurn();
    expect(calls.map(({ batch }) => batch)).toEqual([['a', 'b', 'c']]);
    calls[0]!.answer(['A', 'B', 'C']);
    await expect(answers).resolves.toEqual(['A', 'B', 'C']);
  });

  it('never sends more than a full batch, and a full one at once', () => {
    const { call, calls } = recorded(2);
    for (const input of ['a', 'b', 'c']) void call(input);
    expect(calls.map(({ batch }) => batch)).toEqual([['a', 'b']]);
  });

  it('sends what is left over after the window', async () => {
    const { call, calls } = recorded(2);
    for (const input of ['a', 'b', 'c']) void call(input);
    await nextTurn();
    expect(calls.map(({ batch }) => batch)).toEqual([['a', 'b'], ['c']]);
  });

  it('shares one effect among equal keys, waiting or already sent', async () => {
    const { call, calls } = recorded();
    const early = [call('a'), call('a')];
    await nextTurn();
    const late = call('a');
    calls[0]!.answer(['A']);
    await expect(Promise.all([...early, late])).resolves.toEqual(['A', 'A', 'A']);
    expect(calls).toHaveLength(1);
  });

  it('has a new effect for a key whose last one is over', async () => {
    const { call, calls } = recorded(1);
    const first = call('a');
    calls[0]!.answer(['1']);
    await first;
    const second = call('a');
    calls[1]!.answer(['2']);
    await expect(second).resolves.toBe('2');
  });

  it('fails only the callers of the batch that failed', async () => {
    const { call, calls } = recorded(1);
    const failing = call('a');
    const good = call('b');
    calls[0]!.fail(new Error('refused'));
    calls[1]!.answer(['B']);
    await expect(failing).rejects.toThrow('refused');
    await expect(good).resolves.toBe('B');
  });

  it('gives nobody an answer that may be another one’s', async () => {
    const { call, calls } = recorded(2);
    const answers = [call('a'), call('b')];
    calls[0]!.answer(['A']);
    for (const answer of answers) await expect(answer).rejects.toThrow('a batch of 2 got 1 answers');
  });
});
