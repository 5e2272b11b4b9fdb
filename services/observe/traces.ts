import { createHash } from 'node:crypto';
import type { CanonicalEvent } from '../../canonical-schema/event';

/** A place in a trace, as W3C's `traceparent` has it. */
export interface Place {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** One station of an event, with its time. */
export interface Span extends Place {
  readonly name: 'publish' | 'decide' | 'act' | 'lane batch';
  readonly parent?: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly links: readonly Place[];
  readonly attributes: Readonly<Record<string, string | number | readonly string[]>>;
  /** Set where the station failed. */
  readonly failure?: string;
}

/** Where spans go. */
export interface SpanExport {
  send(span: Span): void;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** What a station needs to know of an event. */
export interface Traced {
  readonly id: string;
  readonly traceparent?: string | undefined;
}

type Attributes = Span['attributes'];

/** Backends keep no more links of a span (OpenTelemetry's usual limit). */
const mostLinks = 128;
/** Batches whose first step has been seen and whose record has not. */
const mostBegun = 1_000;

/**
 * The stations of an event as spans. Ids are derived: an event without a `traceparent` has its own id as its trace, and a station's
 * span follows from the event's id. So no station waits for another's word, every process finds the same trace, and a station that
 * is gone through again tells the same span.
 */
export class Traces {
  private readonly begun = new Map<string, number>();

  /** @param isWanted whether a trace is to be exported, by its id: the same answer in every process */
  constructor(
    private readonly exporting: SpanExport,
    private readonly isWanted: (traceId: string) => boolean = () => true,
  ) {}

  /** The event as it is published: one that came without a trace begins one. */
  carry(event: CanonicalEvent): CanonicalEvent {
    if (event.traceparent !== undefined) return event;
    const { traceId, spanId, isSampled } = this.place(event, 'publish');
    return { ...event, traceparent: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}` };
  }

  /** @param event as its source told it */
  published(event: CanonicalEvent, from: number): void {
    const { tenantid, connection, type } = event;
    const attributes = {
      'signalbox.tenant': tenantid,
      'signalbox.connection': connection,
      'signalbox.event.type': type,
    };
    this.tell('publish', event, { from, attributes: { ...attributes, ...idOf(event) } }, parentOf(event));
  }

  batchBegins(batchid: string): void {
    if (this.begun.size >= mostBegun) this.begun.clear();
    if (!this.begun.has(batchid)) this.begun.set(batchid, Date.now());
  }

  /** A lane has recorded a batch: one span for it, linked with all its events, and one in each event's own trace. */
  decided(
    tenant: string,
    batchid: string,
    events: readonly { readonly event: CanonicalEvent; readonly attributes: Attributes }[],
  ): void {
    const from = this.begun.get(batchid) ?? Date.now();
    this.begun.delete(batchid);
    const published = events.map(({ event }) => this.place(event, 'publish'));
    const isSampled = published.some((place) => place.isSampled);
    const batch = { traceId: digits(`${batchid} trace`, 32), spanId: digits(`${batchid} batch`, 16), isSampled };
    const attributes = { 'signalbox.tenant': tenant, 'signalbox.batch.events': events.length };
    const links = published.filter((place) => place.isSampled).slice(0, mostLinks);
    if (isSampled) this.exporting.send({ ...batch, name: 'lane batch', from, to: Date.now(), links, attributes });
    for (const { event, attributes: own } of events) {
      const told = { 'signalbox.tenant': tenant, ...idOf(event), ...own };
      this.tell('decide', event, { from, attributes: told, links: [batch] }, this.place(event, 'publish').spanId);
    }
  }

  /** @param event the one whose decision was acted on */
  acted(event: Traced, about: Pick<Span, 'from' | 'to' | 'attributes' | 'failure'>, attempt: number): void {
    const own = this.place(event, `act ${String(about.attributes['signalbox.decision'])} ${attempt}`);
    const parent = this.place(event, 'decide').spanId;
    if (own.isSampled) this.exporting.send({ ...about, ...own, name: 'act', parent, links: [] });
  }

  stop(): Promise<void> {
    return this.exporting.stop();
  }

  private tell(
    name: 'publish' | 'decide',
    event: Traced,
    about: { readonly from: number; readonly attributes: Attributes; readonly links?: readonly Place[] },
    parent: string | undefined,
  ): void {
    const place = this.place(event, name);
    if (!place.isSampled) return;
    const { from, attributes, links = [] } = about;
    const told = { ...place, name, from, to: Date.now(), links, attributes };
    this.exporting.send(parent === undefined ? told : { ...told, parent });
  }

  private place({ id, traceparent }: Traced, station: string): Place {
    const inherited = parse(traceparent);
    const traceId = inherited?.traceId ?? traceOf(id);
    const isSampled = (inherited?.isSampled ?? true) && this.isWanted(traceId);
    return { traceId, spanId: digits(`${id} ${station}`, 16), isSampled };
  }
}

function idOf({ id }: Traced): Attributes {
  return { 'signalbox.event.id': id };
}

function parentOf({ traceparent }: Traced): string | undefined {
  return parse(traceparent)?.spanId;
}

function parse(traceparent: string | undefined): Place | undefined {
  const [, traceId, spanId, flags = '00'] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 };
}

/** A UUID has as many bits as a trace's id. */
function traceOf(eventId: string): string {
  const plain = eventId.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) && !/^0+$/.test(plain) ? plain : digits(`${eventId} trace`, 32);
}

function digits(text: string, count: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, count);
}
