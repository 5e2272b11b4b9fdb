/** What the worker bundles. */
export { engagement } from './engagement';
export { dueLearning, learning } from './learning';
export { lane } from './lane';
export { reconciliation } from './reconciliation';
export { rhythm } from './rhythm';
export { fillGap, subscription } from './subscription';
