/** Names by which services reach workflows; this file is safe to import anywhere. */
export const taskQueues = { decide: 'signalbox', ingest: 'signalbox-ingest', train: 'sbx.training' } as const;

export const names = {
  lane: 'lane',
  engagement: 'engagement',
  subscription: 'subscription',
  fillGap: 'fillGap',
  reconciliation: 'reconciliation',
  reconcileNow: 'reconcileNow',
  rhythm: 'rhythm',
  countNow: 'countNow',
  decideBatch: 'decideBatch',
  park: 'park',
  renew: 'renew',
  laneStatus: 'laneStatus',
  decision: 'decision',
  outcome: 'outcome',
  approve: 'approve',
  engagementStatus: 'engagementStatus',
  resume: 'resume',
  learning: 'learning',
  dueLearning: 'dueLearning',
  answer: 'answer',
  learningStatus: 'learningStatus',
} as const;

export function laneId(tenant: string, partition: number): string {
  return `lane/${tenant}/${partition}`;
}

export function subscriptionId(tenant: string, connection: string, stream: string): string {
  return `subscription/${tenant}/${connection}${stream.startsWith('/') ? '' : '/'}${stream}`;
}

export function reconciliationId(tenant: string, connection: string, stream: string): string {
  return `reconciliation/${tenant}/${connection}/${stream}`;
}

/** Counts the events of a connection by the hour. */
export function rhythmId(tenant: string, connection: string): string {
  return `rhythm/${tenant}/${connection}`;
}

export function gapId(tenant: string, gap: string): string {
  return `gap/${tenant}/${gap}`;
}

/** One at a time for each use case. */
export function learningId(tenant: string, usecase: string): string {
  return `learning/${tenant}/${usecase}`;
}
