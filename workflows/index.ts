/** What the worker bundles. */
export { engagement } from './engagement';
export { lane } from './lane';
export { reconciliation } from './reconciliation';
export { fillGap, subscription } from './subscription';
