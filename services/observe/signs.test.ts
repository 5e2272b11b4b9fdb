import { Metrics } from './metrics';
import { Signs, silentAfterMs } from './signs';

const ref = { tenant: 'acme', connection: 'sales', stream: '/data/LeadChangeEvent' };

function signs() {
  let now = 1_000_000;
  return { of: new Signs(() => now), pass: (ms: number) => (now += ms) };
}

describe('Signs', () => {
  it('call a stream silent that sends keepalives and has stopped to, over all tries at it', () => {
    const { of, pass } = signs();
    const first = of.watch(ref);
    first.delivered('keepalive');
    pass(300_000);
    first.ended();
    pass(30_000);
    of.watch(ref);
    expect(of.silent()).toEqual([]);
    pass(silentAfterMs - 329_999);
    expect(of.silent()).toEqual([{ ref, since: 1_000_000 }]);
  });

  it('do not expect a sign of a stream that never sent a keepalive', () => {
    const { of, pass } = signs();
    of.watch(ref).delivered('event');
    pass(10 * silentAfterMs);
    expect(of.silent()).toEqual([]);
  });

  it('say nothing of a stream that is heard elsewhere, and begin anew when it comes back', () => {
    const { of, pass } = signs();
    const watch = of.watch(ref);
    watch.delivered('keepalive');
    watch.ended();
    pass(2 * silentAfterMs);
    expect(of.silent()).toEqual([]);
    of.watch(ref);
    expect(of.silent()).toEqual([]);
    pass(silentAfterMs + 1);
    expect(of.silent()).toHaveLength(1);
  });

  it('count events once, and tell when the last came', async () => {
    const { of, pass } = signs();
    const metrics = new Metrics();
    const watch = of.watch(ref);
    watch.delivered('event');
    watch.delivered('event');
    pass(5_000);
    watch.delivered('undecodable');
    of.tell(metrics);
    of.tell(metrics);
    const text = await metrics.text();
    const labels = '{tenant="acme",connection="sales",stream="/data/LeadChangeEvent"}';
    expect(text).toContain(`signalbox_events_heard_total${labels} 2\n`);
    expect(text).toContain(`signalbox_stream_last_event_timestamp_seconds${labels} 1000\n`);
    expect(text).toContain(`signalbox_stream_last_sign_timestamp_seconds${labels} 1005\n`);
  });
});
