import { ApplicationFailure } from '@temporalio/common';
import type { BatchView } from './context';
import type { BatchRef, NotInView } from './lane-types';

const notInView: NotInView = 'SBX_BATCH_NOT_IN_VIEW';

/** Batches in view at once: far more than the lanes of one process have under way. */
const mostViews = 512;

/** What the steps of a batch share within a process, so that its events pass between lane and activities once. */
export class BatchViews {
  readonly #views = new Map<string, BatchView>();

  keep({ batchid }: BatchRef, view: BatchView): void {
    this.#views.delete(batchid);
    this.#views.set(batchid, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > mostViews && oldest !== undefined) this.#views.delete(oldest);
  }

  /** Throws a failure of type `notInView`, at which the lane begins the batch anew. */
  of({ batchid }: BatchRef): BatchView {
    const view = this.#views.get(batchid);
    if (view !== undefined) return view;
    throw ApplicationFailure.nonRetryable(`batch ${batchid} was viewed by another process`, notInView);
  }

  drop({ batchid }: BatchRef): void {
    this.#views.delete(batchid);
  }
}
