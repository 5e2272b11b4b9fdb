/**
 * The thread that runs workflow code: the SDK's own, without the stack trace that it takes of every promise. The traces serve
 * the `__stack_trace` query alone, and took a third of the thread; the SDK does without them on other runtimes, too.
 */
import { GlobalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import '@temporalio/worker/lib/workflow/workflow-worker-thread';

const hook = 'setPromiseHook';
if (!(hook in GlobalHandlers.prototype)) throw new Error(`Temporal's SDK has no ${hook} any more: see docs/adr/0056`);
// Before the first message, with which the SDK's thread sets its hooks.
Object.defineProperty(GlobalHandlers.prototype, hook, { value: () => undefined });
