import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What CRMs answer within and people notice, seconds. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a tenth of a second to the days of an approval. */
const toTaskBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400, 604_800];

const ofTenant = ['tenant'] as const;
const ofConnection = ['tenant', 'connection'] as const;
const ofStream = ['tenant', 'connection', 'stream'] as const;
const ofUseCase = ['tenant', 'use_case'] as const;
const ofAllocation = ['tenant', 'connection', 'allocation'] as const;

/**
 * Everything that a process tells of itself, by Prometheus' conventions: base units, `_total` for what only grows. Labels come
 * from tenants' files and the product's own words, never from a record. The page that explains each is docs/operate.md.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly heard = this.counter('events_heard_total', 'Native events that a stream handed over.', ofStream);
  readonly published = this.counter('events_published_total', 'Events that the broker confirmed.', ofConnection);
  readonly quarantined = this.counter(
    'events_quarantined_total',
    'Native events that could not be understood.',
    ofStream,
  );
  readonly lastEvent = this.gauge('stream_last_event_timestamp_seconds', 'When a stream last told an event.', ofStream);
  readonly lastSign = this.gauge(
    'stream_last_sign_timestamp_seconds',
    'When a stream last told anything, keepalives included.',
    ofStream,
  );
  readonly lastPosition = this.gauge(
    'stream_position_timestamp_seconds',
    'When the position of a stream was last saved: everything before is safe.',
    ofStream,
  );
  readonly streamUp = this.gauge('stream_up', '1 while a stream is heard somewhere, 0 where it is not.', ofStream);

  readonly recorded = this.counter('events_recorded_total', 'Events that lanes recorded, by what became of them.', [
    ...ofConnection,
    'status',
  ]);
  readonly batch = this.histogram(
    'lane_batch_duration_seconds',
    'From handing a batch to its lane to its answer.',
    ofTenant,
    secondsBuckets,
  );
  readonly batchRetries = this.counter('lane_batch_retries_total', 'Batches that had to be given again.', ofTenant);
  readonly step = this.histogram(
    'lane_step_duration_seconds',
    'How long a step of a lane took.',
    ['step'],
    secondsBuckets,
  );
  readonly stepFailures = this.counter('lane_step_failures_total', 'Tries of a step that failed.', ['step']);
  readonly lanesStalled = this.gauge('lanes_stalled', 'Lanes that cannot decide, as this process sees them.', ofTenant);
  readonly stalledSince = this.gauge('lane_stalled_since_timestamp_seconds', 'Since when a lane is stalled.', [
    ...ofTenant,
    'lane',
  ]);
  readonly decisions = this.counter('decisions_total', 'Decisions recorded.', [...ofUseCase, 'outcome', 'band']);
  readonly inference = this.histogram(
    'inference_duration_seconds',
    'One run of a model over a batch.',
    ['model'],
    secondsBuckets,
  );
  readonly inferred = this.counter('inference_rows_total', 'Rows that a model scored.', ['model']);

  readonly actions = this.counter('actions_total', 'Actions that a CRM answered, each try.', [
    ...ofConnection,
    'crm',
    'kind',
    'result',
  ]);
  readonly toTask = this.histogram(
    'event_to_task_seconds',
    "From the CRM's time of an event to its task in the CRM.",
    ofUseCase,
    toTaskBuckets,
  );

  readonly allocationLimit = this.gauge('crm_allocation_limit', 'What a CRM allows in 24 hours.', ofAllocation);
  readonly allocationLeft = this.gauge('crm_allocation_left', 'What is left of it.', ofAllocation);
  readonly allocationEnds = this.gauge(
    'crm_allocation_exhausted_timestamp_seconds',
    'When nothing is left at the present pace; absent where it lasts.',
    ofAllocation,
  );
  readonly waited = this.histogram(
    'crm_request_wait_seconds',
    "How long a request waited for its turn under the connection's rate.",
    [...ofConnection, 'priority'],
    secondsBuckets,
  );
  readonly answered = this.counter('http_requests_total', 'Requests of CRMs that the HTTP door answered.', [
    ...ofConnection,
    'status',
  ]);

  readonly gaps = this.gauge('gaps_open', 'Open gaps.', ofStream);
  readonly quarantine = this.gauge('quarantine_entries', 'Entries in the quarantine that await a person.', ofStream);
  readonly parked = this.gauge('events_parked', 'Parked events.', ofTenant);
  readonly engagements = this.gauge('engagements_open', 'Open engagements.', ofUseCase);
  readonly awaiting = this.gauge(
    'engagements_awaiting_approval',
    'Open engagements whose newest proposal nobody has answered.',
    ofUseCase,
  );
  readonly inbox = this.gauge('inbox_entries', 'Pushed payloads that are kept and not yet published.', ofStream);

  readonly versionServed = this.gauge('tenant_version_served', "The tenant file's version served here.", ofTenant);
  readonly versionInForce = this.gauge('tenant_version_in_force', 'The version in force.', ofTenant);
  readonly check = this.gauge('check_up', '1 while a check of readiness holds.', ['check']);
  readonly ready = this.gauge('ready', '1 while the process is ready.', []);
  readonly build = this.gauge('build_info', 'Always 1; the version and the roles of the process.', [
    'version',
    'roles',
  ]);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The page, in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `signalbox_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    return new Gauge({ name: `signalbox_${name}`, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  private histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ): Histogram<L> {
    return new Histogram({
      ...{ name: `signalbox_${name}`, help, labelNames: [...labelNames], buckets, registers: [this.registry] },
    });
  }
}
