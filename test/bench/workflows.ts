import { proxyLocalActivities } from '@temporalio/workflow';
import type { BareActivities } from './bare';

export { lane } from '../../workflows/lane';

const { nothing } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '30s' });

/** The least a workflow per event can be: one step that does nothing. */
export async function perEvent(event: unknown): Promise<void> {
  await nothing(event);
}
