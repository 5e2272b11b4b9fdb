import type { Log } from '../../connectors/contract';
import type * as Exporting from './export-spans';
import { Traces } from './traces';

/** OpenTelemetry's own words, as far as they are understood here. */
interface TraceEnvironment {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  readonly OTEL_SERVICE_NAME?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG?: string | undefined;
}

/**
 * Traces where OpenTelemetry's environment names a collector; undefined where it names none. The share of traces that is wanted is
 * `OTEL_TRACES_SAMPLER_ARG`, 0 to 1, 1 where absent. Throws where that is something else.
 */
export function openTraces(environment: TraceEnvironment, log: Log): Traces | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all = '', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own = all } = environment;
  if (own === '') return undefined;
  const { OTEL_SERVICE_NAME: service = 'signalbox', OTEL_TRACES_SAMPLER_ARG: share = '1' } = environment;
  const ratio = Number(share);
  if (share.trim() === '' || !(ratio >= 0 && ratio <= 1))
    throw new Error(`OTEL_TRACES_SAMPLER_ARG is "${share}": give the share of traces to export, from 0 to 1`);
  // Loaded where it is wanted only: 130 ms and 17 MB.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() would be asynchronous in every caller
  const { exportSpans, sampled } = require('./export-spans') as typeof Exporting;
  return new Traces(exportSpans(service, log), sampled(ratio));
}
