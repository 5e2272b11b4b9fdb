import { heardOver } from './salesforce';

/** Salesforce, heard over the Streaming API. */
export const subject = heardOver('cometd');
