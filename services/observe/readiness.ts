import type { StreamRef } from '../../activities/subscription-types';
import type { Standing } from '../../ledger/ledger';
import type { LaneStatus } from '../../workflows/lane';
import { names } from '../../workflows/names';
import type { FollowingService } from '../follow';
import type { Runtime } from '../runtime';
import type { StalledLane } from './lanes';
import { Probe } from './probe';
import { Streams, type StreamTrouble } from './streams';

/** What a process must have to be ready. */
export const checks = ['process', 'ledger', 'broker', 'temporal', 'lanes', 'streams', 'tenants'] as const;
export type Check = (typeof checks)[number];

/** Why a process is not ready, for a person and for a program. */
export interface Reason {
  readonly check: Check;
  readonly what: string;
  /** RFC 3339 UTC. */
  readonly since?: string;
  readonly tenant?: string;
  readonly connection?: string;
  readonly stream?: string;
  /** The lane's workflow id. */
  readonly lane?: string;
}

/** A running Signalbox, seen from here. */
export interface Parts {
  readonly runtime: Runtime;
  readonly roles: readonly string[];
  /** Absent where versions are not followed. */
  readonly following?: FollowingService | undefined;
}

/** Who has left a batch unanswered for so long is asked why, ms; within it every usual batch is decided. */
const askAfterMs = 10_000;
/** And for so long is stalled whatever it says. */
const stalledAfterMs = 30_000;
/** Lanes asked at once. */
const mostAsked = 8;
/** A version that was put in force just now is taken within a look or two of `services/follow.ts`, ms. */
const takenWithinMs = 10_000;

/** Asks a running Signalbox's servers, lanes, streams and versions how they are; asks each of them every few seconds at most. */
export class Readiness {
  private readonly ledger: Probe<Standing>;
  private readonly broker: Probe<undefined>;
  private readonly temporal: Probe<unknown>;
  private readonly lanes: Probe<readonly StalledLane[]>;
  private readonly streams: Probe<readonly StreamTrouble[]>;
  private readonly heard = new Streams();

  constructor(private readonly parts: Parts) {
    const { ledger, broker, temporal, worker } = parts.runtime;
    const { namespace } = temporal.options;
    this.ledger = new Probe('the ledger', () => ledger.standing(), 3_000);
    this.broker = new Probe('RabbitMQ', () => broker.withChannel(() => Promise.resolve(undefined)), 1_000);
    this.temporal = new Probe('Temporal', () => worker.workflowService.describeNamespace({ namespace }), 1_000);
    this.lanes = new Probe('Temporal', () => this.findStalled(), 2_000);
    this.streams = new Probe('Temporal', () => this.heard.troubles(temporal, this.refs()), 5_000);
  }

  /** What waits or is open; undefined where the ledger does not answer. */
  get standing(): Standing | undefined {
    return this.ledger.value;
  }

  /** Nothing where all is well. Never rejects. */
  async reasons(): Promise<readonly Reason[]> {
    const found = await Promise.all([
      this.servers(),
      this.isRole('worker', 'dispatch') ? this.stalledLanes() : [],
      this.isRole('ingest') ? this.brokenStreams() : [],
    ]);
    return [...found.flat(), ...this.oldVersions()];
  }

  /** As of the last look. */
  stalled(): readonly StalledLane[] {
    return this.lanes.value ?? this.parts.runtime.observer.lanes.stalled();
  }

  /** As of the last look; undefined where none of them is heard by this kind of process. */
  troubles(): readonly StreamTrouble[] | undefined {
    return this.streams.value;
  }

  refs(): readonly StreamRef[] {
    return [...this.parts.runtime.tenants.values()].flatMap(({ tenant, connections }) =>
      Object.values(connections).flatMap(({ name: connection, streams }) =>
        streams.map((stream) => ({ tenant, connection, stream })),
      ),
    );
  }

  private isRole(...roles: readonly string[]): boolean {
    return roles.some((role) => this.parts.roles.includes(role));
  }

  private async servers(): Promise<readonly Reason[]> {
    const { blocked } = this.parts.runtime.broker;
    const [ledger, broker, temporal] = await Promise.all([
      this.ledger.problem(),
      blocked === undefined ? this.broker.problem() : `RabbitMQ takes no messages: ${blocked}`,
      this.temporal.problem(),
    ]);
    return Object.entries({ ledger, broker, temporal }).flatMap(([check, what]): Reason[] =>
      what === undefined ? [] : [{ check: check as Check, what }],
    );
  }

  private async stalledLanes(): Promise<readonly Reason[]> {
    // Where Temporal does not answer, that is told already.
    await this.lanes.problem();
    return this.stalled().map(({ lane, since, cause }) => ({
      ...{ check: 'lanes', lane, since: new Date(since).toISOString(), what: `the lane is stalled: ${cause}` },
    }));
  }

  /** Those whose steps fail here, and those that leave this process's batches unanswered, whose own word goes first. */
  private async findStalled(): Promise<readonly StalledLane[]> {
    const { lanes } = this.parts.runtime.observer;
    const here = lanes.stalled();
    const known = new Set(here.map(({ lane }) => lane));
    const quiet = lanes.silent(askAfterMs).filter(({ lane }) => !known.has(lane));
    const asked = await Promise.all(quiet.slice(0, mostAsked).map(({ lane }) => this.askLane(lane)));
    const told = asked.filter((one) => one !== undefined);
    for (const { lane } of told) known.add(lane);
    const others = lanes.silent(stalledAfterMs).filter(({ lane }) => !known.has(lane));
    const cause = 'it has not answered a batch; does a worker run?';
    return [...here, ...told, ...others.map((one) => ({ ...one, cause }))];
  }

  private async askLane(lane: string): Promise<StalledLane | undefined> {
    const { temporal, worker } = this.parts.runtime;
    try {
      const handle = temporal.workflow.getHandle(lane);
      const { stalled } = await worker.withDeadline(Date.now() + 2_000, () =>
        handle.query<LaneStatus>(names.laneStatus),
      );
      return stalled === undefined ? undefined : { lane, since: Date.parse(stalled.since), cause: stalled.cause };
    } catch {
      return undefined;
    }
  }

  private async brokenStreams(): Promise<readonly Reason[]> {
    const { signs } = this.parts.runtime.observer;
    await this.streams.problem();
    const halted = (this.standing?.gaps ?? []).filter(({ policy }) => policy === 'halt');
    const isHalted = ({ tenant, connection, stream }: StreamRef): boolean =>
      halted.some((gap) => gap.tenant === tenant && gap.connection === connection && gap.stream === stream);
    const stopped = halted.map((ref) => tell(ref, 'a gap is open, and onGap is halt: it waits for a person'));
    const broken = (this.troubles() ?? [])
      .filter(({ ref }) => !isHalted(ref))
      .map(({ ref, since, why }) => tell(ref, `nobody hears the stream: ${why}`, since));
    const silent = signs.silent().map(({ ref, since }) => tell(ref, 'the stream sends no keepalives any more', since));
    return [...stopped, ...broken, ...silent];
  }

  private oldVersions(): readonly Reason[] {
    return (this.parts.following?.behind() ?? [])
      .filter(({ since, problem }) => problem !== undefined || since < Date.now() - takenWithinMs)
      .map(({ tenant, serving, inForce, since, problem = 'it is not taken yet' }) => ({
        ...{ check: 'tenants', tenant, since: new Date(since).toISOString() },
        what: `version ${serving} is served here and version ${inForce} is in force: ${problem}`,
      }));
  }
}

function tell({ tenant, connection, stream }: StreamRef, what: string, since?: number): Reason {
  const told = { check: 'streams', tenant, connection, stream, what } as const;
  return since === undefined ? told : { ...told, since: new Date(since).toISOString() };
}
