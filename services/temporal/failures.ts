import { DefaultFailureConverter } from '@temporalio/common';

/** Loaded by Temporal's SDK under this name: puts message and stack of a failure where the codec reaches them. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
