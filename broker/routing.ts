import type { Envelope } from '../canonical-schema/event';

/** Canonical events of all tenants; each lane queue takes its partition of one tenant. */
export const eventsExchange = 'sbx.events';
/** Prediction events, for whoever wants them. */
export const predictionsExchange = 'sbx.predictions';
/** Where messages go that could not be decided; one parking queue per tenant. */
export const parkingExchange = 'sbx.parking';

/** Partitions per tenant unless told otherwise: enough lanes to keep two cores busy, few enough to batch well. */
export const defaultPartitions = 4;

/** The queue of one partition of one tenant. */
export function laneQueue(tenant: string, partition: number): string {
  return `sbx.lane.${tenant}.${partition}`;
}

/** The parking queue of one tenant. */
export function parkedQueue(tenant: string): string {
  return `sbx.parked.${tenant}`;
}

/** FNV-1a over the key's UTF-8 bytes, modulo `partitions`: the same record is in the same partition on every machine. */
export function partitionOf(partitionkey: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(partitionkey, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % partitions;
}

/** `<tenant>.<partition>.<entity>.<verb>`. Throws RangeError for a tenant or type that no routing key can hold. */
export function routingKeyOf(event: Envelope<unknown>, partitions: number): string {
  const [entity, verb] = typeWords(event.type);
  return checked(event, `${event.tenantid}.${partitionOf(event.partitionkey, partitions)}.${entity}.${verb}`);
}

/** `<tenant>.prediction.<use case>`. Throws RangeError for a tenant or type that no routing key can hold. */
export function predictionKeyOf(event: Envelope<unknown>): string {
  return checked(event, `${event.tenantid}.${typeWords(event.type).join('.')}`);
}

function typeWords(type: string): [string, string] {
  const [, , entity, verb] = type.split('.');
  if (entity === undefined || verb === undefined) {
    throw new RangeError(`event type ${type} is not io.signalbox.<entity>.<what happened>.v<n>`);
  }
  return [entity, verb];
}

function checked(event: Envelope<unknown>, key: string): string {
  if (!isTenantName(event.tenantid))
    throw new RangeError(`tenant "${event.tenantid}" is not made of letters, digits, - and _`);
  if (Buffer.byteLength(key) > 255) throw new RangeError(`routing key of event ${event.id} is over 255 bytes long`);
  return key;
}

/** Whether a tenant's name can be a word of a routing key. */
export function isTenantName(tenant: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(tenant);
}
