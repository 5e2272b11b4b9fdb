import {
  diag,
  DiagLogLevel,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type HrTime,
  type SpanContext,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import type { Log } from '../../connectors/contract';
import type { Place, Span, SpanExport } from './traces';

const kinds: Readonly<Record<Span['name'], SpanKind>> = {
  publish: SpanKind.PRODUCER,
  decide: SpanKind.CONSUMER,
  'lane batch': SpanKind.INTERNAL,
  act: SpanKind.CLIENT,
};

/** A collector that is away is told about so often, ms. */
const warnEveryMs = 60_000;
/** A lane's batch has 101 spans: OpenTelemetry's usual 2,048 would be full in a second. */
const queue = { maxQueueSize: 20_000, maxExportBatchSize: 1_000, scheduledDelayMillis: 1_000 };

/**
 * Sends spans by OTLP over HTTP to where `OTEL_EXPORTER_OTLP_ENDPOINT` (and its fellows for headers and time limits) says. What
 * cannot be sent is dropped, and the log is told: no event waits for a trace.
 */
export function exportSpans(service: string, log: Log): SpanExport {
  const warn = teller(log);
  const silent = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': service }));
  const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...queue });
  return {
    send: (span) => {
      processor.onEnd(readable(span, resource));
    },
    stop: () =>
      processor.shutdown().catch((error: unknown) => {
        warn(String(error));
      }),
  };
}

/** Whether a trace is among the share that is wanted. */
export function sampled(ratio: number): (traceId: string) => boolean {
  const sampler = new TraceIdRatioBasedSampler(ratio);
  return (traceId) => sampler.shouldSample(undefined, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
}

/** Tells the log, now and then. */
function teller(log: Log): (message: string) => void {
  let toldAt = -Infinity;
  return (message) => {
    if (Date.now() - toldAt < warnEveryMs) return;
    toldAt = Date.now();
    log.warn({ err: message.slice(0, 300) }, 'traces could not be exported');
  };
}

function readable(span: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const { name, parent, from, to, failure, attributes } = span;
  const context = contextOf(span);
  return {
    name,
    kind: kinds[name],
    spanContext: () => context,
    ...(parent === undefined ? {} : { parentSpanContext: contextOf({ ...span, spanId: parent }) }),
    startTime: timeOf(from),
    endTime: timeOf(to),
    duration: timeOf(to - from),
    status: failure === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: failure },
    attributes: attributes as ReadableSpan['attributes'],
    links: span.links.map((place) => ({ context: contextOf(place) })),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'signalbox' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function contextOf({ traceId, spanId, isSampled }: Place): SpanContext {
  return { traceId, spanId, traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}
