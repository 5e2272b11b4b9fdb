import { type Inbox, Permanent, type Source } from '../contract';
import { inboxSource } from '../kit/inbox-source';
import type { Authenticator } from './auth';
import { CometdSource } from './cometd-source';
import type { Settings } from './config';
import type { JsonNative, PubSubNative, SalesforceNative } from './native';
import { keptNotification } from './outbound/kept';
import { outboundObject } from './outbound/stream';
import { PubSubClient } from './pubsub-client';
import { PubSubSource } from './pubsub-source';
import { SchemaCache } from './schema-cache';

/** One of Salesforce's ways to tell what happens. */
export interface Hearing {
  readonly source: Source<PubSubNative> | Source<JsonNative>;
  /** Whether the user may hear a stream. Rejects with the reason where it cannot be heard at all. */
  canHear(stream: string, signal: AbortSignal): Promise<boolean>;
  /** Idempotent. */
  close(): void;
}

/** The way that the connection's `transport` names. Throws Permanent for settings that exclude each other. */
export function hearingOf(settings: Settings, auth: Authenticator): Hearing {
  const { transport, managedSubscription: managed } = settings;
  const streams = settings.streams.filter((stream) => outboundObject(stream) === undefined);
  if (managed !== undefined && (transport === 'cometd' || streams.length > 1)) {
    throw new Permanent(
      'SBX_SALESFORCE_MANAGED',
      `managedSubscription ${managed} needs transport: pubsub, and in subscribe its one topic`,
    );
  }
  return transport === 'cometd' ? overCometd(settings, auth) : overPubSub(settings, auth);
}

function overPubSub(settings: Settings, auth: Authenticator): Hearing {
  const { pubsubEndpoint, pubsubCa, silenceMs, managedSubscription: managed } = settings;
  const client = new PubSubClient({ endpoint: pubsubEndpoint, ca: pubsubCa, auth });
  const schemas = new SchemaCache((id, signal) => client.schema(id, signal));
  return {
    source: new PubSubSource({ client, auth, schemas, silenceMs, managed }),
    canHear: async (stream, signal) => (await client.topic(stream, signal)).canSubscribe,
    close: () => {
      schemas.close();
      client.close();
    },
  };
}

function overCometd({ apiVersion, silenceMs }: Settings, auth: Authenticator): Hearing {
  const source = new CometdSource({ auth, apiVersion, silenceMs });
  return {
    source,
    canHear: async (stream, signal) => {
      await source.prove(stream, signal);
      return true;
    },
    close: () => {
      source.close();
    },
  };
}

/** Outbound messages from where the receiver kept them, everything else from where the transport hears it. */
export function sourceOf({ source }: Hearing, inbox: Inbox): Source<SalesforceNative> {
  const kept = inboxSource<SalesforceNative>(inbox, keptNotification);
  const of = (stream: string): Source<SalesforceNative> => (outboundObject(stream) === undefined ? source : kept);
  return {
    subscribe: (stream, options) => of(stream).subscribe(stream, options),
    ack: (stream, position) => of(stream).ack(stream, position),
  };
}
