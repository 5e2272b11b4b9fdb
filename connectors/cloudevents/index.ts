import type { Action, ActionResult } from '../../canonical-schema/action';
import type { Connection, ConnectDependencies, Connector, Reader, Sink } from '../contract';
import { inboxSource, type Decoded } from '../kit/inbox-source';
import { type CloudEventsConfig, type Settings, configSchema, settingsOf } from './config';
import { bearerGate } from './bearer';
import type { Gate } from './gate';
import { hmacGate } from './hmac';
import type { CloudEventNative } from './native';
import { objectOf } from '../kit/json';
import { crm, normalise } from './normalise';
import { readNatives } from './read-natives';
import { CloudEventsReceiver, stream } from './receiver';

/** Any channel that can post CloudEvents: web, mobile, call centre, third parties. There is nothing to write to. */
export const cloudevents: Connector<CloudEventsConfig, CloudEventNative> = {
  name: crm,
  configSchema,
  setUpPage: 'connectors/cloudevents/README.md#configure',
  emits: [
    'interaction',
    'transaction',
    'lead',
    'contact',
    'account',
    'opportunity',
    'case',
    'task',
    'order',
    'asset',
    'record',
  ],
  accepts: [],
  receives: () => true,
  // eslint-disable-next-line @typescript-eslint/require-await -- a key that cannot be read must reject, not throw
  connect: async (config, dependencies) => connect(config, dependencies),
  normalise,
  readNatives,
};

function connect(config: CloudEventsConfig, { now, inbox }: ConnectDependencies): Connection<CloudEventNative> {
  const settings = settingsOf(config);
  const gate = gateOf(settings, now);
  return {
    org: settings.channel,
    streams: [stream],
    source: inboxSource(inbox, decode),
    reader,
    sink,
    receiver: new CloudEventsReceiver({ settings, gate, inbox, now }),
    check: (signal) => gate.check(signal),
    close: () => Promise.resolve(),
  };
}

function decode(payload: Uint8Array): Decoded<CloudEventNative> {
  try {
    const native: unknown = JSON.parse(Buffer.from(payload).toString());
    if (objectOf(objectOf(native)?.['event']) !== undefined) return { native: native as CloudEventNative };
  } catch {
    // Said below.
  }
  return { bytes: payload, code: 'SBX_CLOUDEVENTS_PAYLOAD', message: 'an entry of the inbox is no CloudEvent' };
}

/** A channel keeps nothing that could be read. */
const reader: Reader<CloudEventNative> = {
  read: () => Promise.resolve([]),

  changed: async function* () {},
};

/** A channel takes nothing. */
const sink: Sink = { apply: (actions) => Promise.resolve(actions.map(refused)) };

function refused({ id, kind }: Action): ActionResult {
  const message = `${kind}: a channel that sends CloudEvents cannot be written to; let the use case act in a CRM`;
  return {
    actionId: id,
    outcome: 'failed',
    failure: 'permanent',
    code: 'SBX_CLOUDEVENTS_NO_SINK',
    message,
    answer: null,
  };
}

/** The gate that the configuration asks for. Throws Permanent where a key cannot be read. */
function gateOf({ auth }: Settings, now: () => number): Gate {
  return auth.kind === 'hmac' ? hmacGate(auth, now) : bearerGate(auth, now);
}
