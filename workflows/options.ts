import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** Steps of a lane: short, idempotent, next to the workflow. After these tries the lane reports itself stalled and goes on trying. */
export const laneStep: LocalActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 6 },
};

/** How long a stalled lane waits before it tries the batch again. */
export const stallPause = '5s';

/**
 * A CRM may be down for days: a write is tried until it is answered. The server's own delay (Retry-After) goes first.
 * Heartbeats tell a slow CRM from a process that died: what that one was writing is taken up within seconds.
 */
export const writeBack: ActivityOptions = {
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
};

/** A task waits for its draft: what the assistant may take, and as much again as asking and keeping it takes on a busy machine. */
export function drafting(withinMs: number): ActivityOptions {
  return {
    scheduleToCloseTimeout: withinMs + 15_000,
    startToCloseTimeout: withinMs + 10_000,
    heartbeatTimeout: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s', maximumAttempts: 3 },
  };
}

/** Steps that only touch the ledger. */
export const bookkeeping: LocalActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
};

/** A subscription lives as long as the tenant has it; its process proves that it lives by heartbeats. */
export const subscription: ActivityOptions = {
  startToCloseTimeout: '3650d',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
};

/** Reading a lost window back: hours at most, with a heartbeat per page. */
export const backfill: ActivityOptions = {
  startToCloseTimeout: '24h',
  heartbeatTimeout: '60s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

/** Steps of learning that read the ledger and files: minutes at most. What fails so often needs a person. */
export const learningStep: ActivityOptions = {
  startToCloseTimeout: '10m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 8 },
};

/** Training: hours at most; its process proves that it lives by heartbeats, by which it also hears that it is to end. */
export const training: ActivityOptions = {
  startToCloseTimeout: '6h',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 3 },
};

/** A lane or engagement starts a new run before its history is costly to replay. */
export const historyBudget = { bytes: 8 * 1024 * 1024, events: 8_000 };
