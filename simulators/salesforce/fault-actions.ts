import type { TopicLog } from './bus/event-log';
import { armedFaults, immediateFaults, type ArmedFault, type FaultRequest, type ImmediateFault } from './faults';
import { Refusal } from './org/refusal';
import type { Salesforce } from './salesforce';

const bad = (message: string): Refusal => new Refusal(400, 'INVALID_INPUT', message);

/** The topic of a name. @throws Refusal that lists the topics there are */
export const topicNamed = ({ bus }: Salesforce, name: string): TopicLog => {
  const topic = bus.log.topic(name);
  if (topic !== undefined) return topic;
  throw bad(`Unknown topic '${name}'. Known are ${bus.log.topics.map((known) => known.name).join(', ')}`);
};

const arm = (salesforce: Salesforce, kind: ArmedFault, request: FaultRequest): void => {
  const { pubsub, cometd } = salesforce;
  const { subscriptions } = pubsub;
  // Faults of streams hit the open ones at once; only without any do they wait for the next.
  if (subscriptions.length + cometd.open > 0 && kind === 'dropStream') {
    for (const open of subscriptions) open.fail('unavailable');
    cometd.drop();
  } else if (subscriptions.length > 0 && kind === 'keepaliveSilence') for (const open of subscriptions) open.silence();
  else salesforce.faults.arm(kind, request);
};

const gap = ({ org, bus }: Salesforce, request: FaultRequest, changeType: string): void => {
  const { type } = org.table(request.object ?? 'Lead');
  const recordIds = request.recordIds ?? [];
  if (recordIds.length === 0 && changeType !== 'GAP_OVERFLOW') throw bad('gapEvent needs recordIds');
  bus.emitGap({ type, changeType, recordIds, commitUser: org.defaultOwner });
};

/** Puts bytes into the object's topics (or the one named) as an event. */
const inject = (salesforce: Salesforce, request: FaultRequest, payload: Buffer, schemaId?: string): void => {
  const { org, bus } = salesforce;
  const object = org.table(request.object ?? 'Lead').type.name;
  const topics = request.topic === undefined ? bus.topicsOf(object) : [topicNamed(salesforce, request.topic)];
  bus.emitRaw(topics, schemaId ?? topics[0]?.schema?.id ?? '', payload);
};

const immediately: Readonly<Record<ImmediateFault, (salesforce: Salesforce, request: FaultRequest) => void>> = {
  expiredReplayId: ({ bus }) => {
    bus.log.expireAll();
  },
  tokenExpiry: ({ sessions, pubsub }, request) => {
    sessions.revokeAll();
    if (request.streams === true) for (const open of pubsub.subscriptions) open.fail('auth');
  },
  forgetClients: ({ cometd }) => {
    cometd.forget();
  },
  gapEvent: (salesforce, request) => {
    gap(salesforce, request, request.changeType ?? 'GAP_UPDATE');
  },
  overflow: (salesforce, request) => {
    gap(salesforce, request, 'GAP_OVERFLOW');
  },
  truncatedAvro: (salesforce, request) => {
    // The header's first string claims 200 bytes and has four.
    inject(salesforce, request, Buffer.from([0x90, 0x03, 0x4c, 0x65, 0x61, 0x64]));
  },
  unknownSchemaId: (salesforce, request) => {
    inject(salesforce, request, Buffer.from([0x00]), 'AAAAAAAAAAAAAAAAAAAAAA');
  },
  rawPayload: (salesforce, request) => {
    inject(salesforce, request, Buffer.from(request.payload ?? '', 'base64'), request.schemaId);
  },
  clear: ({ faults }) => {
    faults.clear();
  },
};

const isOneOf = <K extends string>(kinds: readonly K[], kind: string): kind is K =>
  (kinds as readonly string[]).includes(kind);

/** Arms a fault or carries it out. @throws Refusal for an unknown kind or a missing member */
export const causeFault = (salesforce: Salesforce, request: FaultRequest): void => {
  const { kind } = request;
  if (isOneOf(immediateFaults, kind)) immediately[kind](salesforce, request);
  else if (isOneOf(armedFaults, kind)) arm(salesforce, kind, request);
  else throw bad(`Unknown fault '${String(kind)}'. Known are ${[...armedFaults, ...immediateFaults].join(', ')}`);
};
