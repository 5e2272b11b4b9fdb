import { eventOf } from '../../test/fixtures/events';
import { Traces, type Span } from './traces';

const id = '8c70a596-b314-8e6c-a778-1390f1838f59';
const trace = '8c70a596b3148e6ca7781390f1838f59';
const foreign = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function traces(isWanted?: (traceId: string) => boolean) {
  const spans: Span[] = [];
  const exporting = { send: (span: Span) => void spans.push(span), stop: () => Promise.resolve() };
  return { spans, of: new Traces(exporting, isWanted) };
}

/** One event through all stations. */
function throughAll(of: Traces, event: ReturnType<typeof eventOf>): void {
  const carried = of.carry(event);
  of.published(event, 1);
  of.batchBegins('b1');
  of.decided('acme', 'b1', [{ event: carried, attributes: { 'signalbox.status': 'decided' } }]);
  const attributes = { 'signalbox.decision': `${event.id}:lead-scoring` };
  of.acted(carried, { from: 2, to: 3, attributes }, 1);
}

const named = (spans: readonly Span[], name: Span['name']): Span => {
  const span = spans.find((one) => one.name === name);
  if (span === undefined) throw new Error(`there is no ${name}`);
  return span;
};

describe('Traces', () => {
  it('give an event its own id as its trace, in which each station follows from the one before', () => {
    const { spans, of } = traces();
    throughAll(of, eventOf({ id }));
    const [publish, decide, act] = (['publish', 'decide', 'act'] as const).map((name) => named(spans, name));
    expect([publish, decide, act].map((span) => span?.traceId)).toEqual([trace, trace, trace]);
    expect([publish, decide, act].map((span) => span?.parent)).toEqual([undefined, publish?.spanId, decide?.spanId]);
    expect(of.carry(eventOf({ id })).traceparent).toBe(`00-${trace}-${publish?.spanId}-01`);
  });

  it('go on with the trace that the source gave, and leave its traceparent as it is', () => {
    const { spans, of } = traces();
    const event = { ...eventOf({ id }), traceparent: foreign };
    expect(of.carry(event)).toBe(event);
    throughAll(of, event);
    const [publish, decide] = [named(spans, 'publish'), named(spans, 'decide')];
    expect(publish).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parent: 'b7ad6b7169203331' });
    expect(decide).toMatchObject({ traceId: publish.traceId, parent: publish.spanId });
  });

  it('link a batch with its events, and each of them with the batch', () => {
    const { spans, of } = traces();
    const events = ['e1', 'e2'].map((one) => ({ event: eventOf({ id: one }), attributes: {} }));
    of.decided('acme', 'b1', events);
    const batch = named(spans, 'lane batch');
    const decided = spans.filter(({ name }) => name === 'decide');
    expect(decided).toHaveLength(2);
    expect(batch.links.map(({ spanId }) => spanId)).toEqual(decided.map(({ parent }) => parent));
    for (const span of decided) expect(span.links).toMatchObject([{ traceId: batch.traceId, spanId: batch.spanId }]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  });

  it('tell the same span again for a station that is gone through again, and another for another try of a write', () => {
    const { spans, of } = traces();
    of.published(eventOf({ id }), 1);
    of.published(eventOf({ id }), 5);
    const about = { from: 1, to: 2, attributes: { 'signalbox.decision': 'd' } };
    of.acted({ id }, about, 1);
    of.acted({ id }, about, 2);
    const [first, again, act, other] = spans.map(({ spanId }) => spanId);
    expect(first).toBe(again);
    expect(act).not.toBe(other);
  });

  it('export nothing of a trace that is not wanted here or was not by its source', () => {
    const unwanted = traces(() => false);
    throughAll(unwanted.of, eventOf({ id }));
    expect(unwanted.spans).toEqual([]);
    expect(unwanted.of.carry(eventOf({ id })).traceparent).toMatch(/-00$/);
    const { spans, of } = traces();
    throughAll(of, { ...eventOf({ id }), traceparent: foreign.replace(/01$/, '00') });
    expect(spans).toEqual([]);
  });
});
