import { Lanes } from './lanes';

const lane = 'lane/acme/3';

function lanes() {
  let now = 1_000_000;
  return { of: new Lanes(() => now), pass: (ms: number) => (now += ms) };
}

describe('Lanes', () => {
  it('call a lane stalled when it gives a step up, and not before', () => {
    const { of, pass } = lanes();
    of.failed(lane, 'context', 'SBX_X in context: away', false);
    expect(of.stalled()).toEqual([]);
    of.failed(lane, 'context', 'SBX_X in context: away', true);
    pass(5_000);
    of.failed(lane, 'context', 'SBX_Y in context: still away', false);
    expect(of.stalled()).toEqual([{ lane, since: 1_000_000, cause: 'SBX_Y in context: still away' }]);
  });

  it('free it by the step that had failed or a later one, not by an earlier one', () => {
    const { of } = lanes();
    of.failed(lane, 'record', 'away', true);
    of.passed(lane, 'context');
    of.passed(lane, 'infer');
    of.passed('lane/acme/4', 'engage');
    expect(of.stalled()).toHaveLength(1);
    of.passed(lane, 'record');
    expect(of.stalled()).toEqual([]);
  });

  it('forget a lane that has failed elsewhere for long', () => {
    const { of, pass } = lanes();
    of.failed(lane, 'infer', 'away', true);
    pass(80_000);
    of.failed(lane, 'infer', 'away', true);
    pass(80_000);
    expect(of.stalled()).toHaveLength(1);
    pass(20_000);
    expect(of.stalled()).toEqual([]);
  });

  it('tell who leaves a batch unanswered, from its first try on', () => {
    const { of, pass } = lanes();
    of.give(lane);
    pass(20_000);
    of.give(lane);
    expect(of.silent(30_000)).toEqual([]);
    pass(10_000);
    expect(of.silent(30_000)).toEqual([{ lane, since: 1_000_000 }]);
    of.answered(lane);
    expect(of.silent(0)).toEqual([]);
  });
});
