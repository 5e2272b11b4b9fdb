import { DefaultLogger, Runtime as TemporalRuntime, type MetricsExporterConfig } from '@temporalio/worker';
import { pino } from 'pino';
import type { Log } from '../connectors/contract';

/**
 * Opens the process's log, JSON lines, and sends Temporal's own messages there too. Secrets and record fields are never logged.
 * @param file written to; standard error where absent
 * @param temporalMetrics `host:port` where Temporal's SDK tells its own metrics; nowhere where absent
 */
export function openLog(file?: string, temporalMetrics?: string): Log {
  const level = process.env.LOG_LEVEL ?? 'info';
  const log = pino({ level, base: null }, pino.destination({ dest: file ?? 2, mkdir: true, sync: false }));
  TemporalRuntime.install({
    logger: new DefaultLogger('WARN', ({ level: severity, message, meta }) => {
      log[severity === 'ERROR' ? 'error' : 'warn']({ temporal: meta }, message);
    }),
    // SIGINT and SIGTERM are dealt with by the command, which stops what it started in its own order.
    shutdownSignals: [],
    ...(temporalMetrics === undefined ? {} : { telemetryOptions: { metrics: metricsAt(temporalMetrics) } }),
  });
  return log;
}

/** With Prometheus' words, as in Temporal's own documentation. */
function metricsAt(bindAddress: string): MetricsExporterConfig {
  return { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } };
}
