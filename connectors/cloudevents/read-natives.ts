import { Unmappable } from '../contract';
import type { CloudEventNative } from './native';
import { objectOf, textOf } from '../kit/json';

/**
 * CloudEvents as people have them in files: one in the JSON format, an array of them, or what the inbox keeps.
 * Throws Unmappable naming what it is instead.
 */
export function readNatives(payload: unknown): readonly CloudEventNative[] {
  return (Array.isArray(payload) ? payload : [payload]).map(readOne);
}

function readOne(payload: unknown): CloudEventNative {
  const object = objectOf(payload) ?? {};
  if (object['specversion'] !== undefined) return { event: object };
  const event = objectOf(object['event']);
  if (event === undefined) {
    throw new Unmappable('SBX_CLOUDEVENTS_NATIVE', 'cannot normalise: this is no CloudEvent in the JSON format');
  }
  const received = textOf(object['received']);
  return { event, ...(received === undefined ? {} : { received }) };
}
