/** What the worker bundles. */
export { engagement } from './engagement';
export { dueLearning, learning } from './learning';
export { lane } from './lane';
export { fillGap, subscription } from './subscription';
