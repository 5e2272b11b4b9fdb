import { randomUUID } from 'node:crypto';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

const PREFIX = 'sfdc.platform.eventbus.grpc.';

/** Every failure the service answers: gRPC status, Salesforce code (without its common prefix) and text. */
const rpcFailures = {
  authHeaders: [
    status.UNAUTHENTICATED,
    'service.auth.headers.invalid',
    'Authentication headers are missing or blank. Provide accesstoken, instanceurl and tenantid.',
  ],
  auth: [
    status.UNAUTHENTICATED,
    'service.auth.error',
    'An authentication exception occurred. Provide valid authentication via metadata headers.',
  ],
  unavailable: [status.UNAVAILABLE, 'service.unavailable', 'The service is unavailable. Try again later.'],
  topicEmpty: [
    status.INVALID_ARGUMENT,
    'topic.validation.empty',
    "Topic validation failed. The topic name can't be blank.",
  ],
  topicMissing: [
    status.NOT_FOUND,
    'topic.not.found',
    'The topic information was not found. Ensure the topic name is correct and that the topic exists.',
  ],
  topicMismatch: [
    status.INVALID_ARGUMENT,
    'subscription.fetch.topic.mismatch',
    'The topic name must be the same in every FetchRequest of a stream.',
  ],
  countInvalid: [
    status.INVALID_ARGUMENT,
    'subscription.fetch.requested.events.invalid',
    'The number of requested events must be greater than zero.',
  ],
  replayMissing: [
    status.INVALID_ARGUMENT,
    'subscription.fetch.replayid.validation.failed',
    'The Replay ID validation failed. Provide a replay ID with the CUSTOM replay preset.',
  ],
  replayCorrupted: [
    status.INVALID_ARGUMENT,
    'subscription.fetch.replayid.corrupted',
    'The Replay ID is corrupted. Ensure it is valid and refers to an event within the retention window.',
  ],
  replayExpired: [
    status.INVALID_ARGUMENT,
    'subscription.fetch.replayid.validation.failed',
    'The Replay ID validation failed. Ensure it refers to an event within the retention window.',
  ],
  schemaEmpty: [
    status.INVALID_ARGUMENT,
    'schema.validation.failed',
    "Schema validation failed. The schema ID can't be blank.",
  ],
  schemaMissing: [status.NOT_FOUND, 'schema.not.found', 'The schema was not found. Ensure the schema ID is correct.'],
  publishTopicMismatch: [
    status.INVALID_ARGUMENT,
    'publish.topic.mismatch',
    'The topic name must be the same in every PublishRequest of a stream.',
  ],
  publishCount: [status.INVALID_ARGUMENT, 'publish.event.count.invalid', 'The request holds no events.'],
  publishDenied: [status.PERMISSION_DENIED, 'publish.topic.cannot.publish', 'Publishing on this topic is not allowed.'],
  publishIdle: [
    status.CANCELLED,
    'publish.stream.sweeper.timeout',
    'The stream was closed because no publish request arrived in time.',
  ],
  managedMissing: [
    status.NOT_FOUND,
    'subscription.managed.not.found',
    'The managed event subscription was not found. Ensure that its ID or developer name is correct.',
  ],
} as const;

/** The name of a failure in `rpcFailures`. */
export type RpcFailure = keyof typeof rpcFailures;

/** The error to end a call with: code in the trailers, RPC id in the text and in the trailers. */
export const rpcError = (failure: RpcFailure, rpcId: string = randomUUID()): ServiceError => {
  const [code, errorCode, text] = rpcFailures[failure];
  const metadata = new Metadata();
  metadata.set('error-code', PREFIX + errorCode);
  metadata.set('rpc-id', rpcId);
  const details = `${text} rpcId: ${rpcId}`;
  return Object.assign(new Error(details), { code, details, metadata });
};
