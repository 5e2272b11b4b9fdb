import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../../../activities/create-activities';
import { engagement as realEngagement } from '../../../workflows/engagement';
import type { EngagementEnd, EngagementInput } from '../../../workflows/engagement-state';
import { lane as realLane } from '../../../workflows/lane';
import { bookkeeping } from '../../../workflows/options';

// Copies of the workflows with one command more, as an edit without a patch would have it. They must not replay.

const { conclude } = proxyLocalActivities<Activities>(bookkeeping);

export async function lane(): Promise<void> {
  await sleep('1 second');
  return realLane();
}

export async function engagement(input: EngagementInput): Promise<EngagementEnd> {
  await conclude({ ...input, label: 'moot', because: 'a command that no history has', at: '2026-01-01T00:00:00.000Z' });
  return realEngagement(input);
}
