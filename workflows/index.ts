/** What the worker bundles. */
export { engagement } from './engagement';
export { lane } from './lane';
export { fillGap, subscription } from './subscription';
