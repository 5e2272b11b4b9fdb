import { Probe } from './probe';

describe('Probe', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks again only when the answer is no longer fresh', async () => {
    jest.useFakeTimers();
    let asked = 0;
    const probe = new Probe('the ledger', () => Promise.resolve((asked += 1)), 1_000);
    await probe.problem();
    await probe.problem();
    expect({ asked, value: probe.value }).toEqual({ asked: 1, value: 1 });
    jest.advanceTimersByTime(1_000);
    await probe.problem();
    expect({ asked, value: probe.value }).toEqual({ asked: 2, value: 2 });
  });

  it('says that a server does not answer, once at a time, and that it does again', async () => {
    jest.useFakeTimers();
    let asked = 0;
    let answer: (value: string) => void = () => undefined;
    const ask = (): Promise<string> => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    };
    const probe = new Probe('RabbitMQ', ask, 1_000);
    const first = probe.problem();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await first).toBe('RabbitMQ does not answer');
    const second = probe.problem();
    await jest.advanceTimersByTimeAsync(1);
    expect(await second).toBe('RabbitMQ does not answer');
    expect({ asked, value: probe.value }).toEqual({ asked: 1, value: undefined });
    answer('here');
    await jest.advanceTimersByTimeAsync(1);
    const third = probe.problem();
    answer('here');
    expect(await third).toBeUndefined();
    expect(probe.value).toBe('here');
  });

  it('tells an error in its words, and forgets the answer before', async () => {
    jest.useFakeTimers();
    let isAway = false;
    const probe = new Probe(
      'the ledger',
      () => (isAway ? Promise.reject(new Error('refused')) : Promise.resolve(1)),
      1,
    );
    await probe.problem();
    isAway = true;
    jest.advanceTimersByTime(2);
    expect(await probe.problem()).toBe('the ledger: refused');
    expect(probe.value).toBeUndefined();
  });
});
