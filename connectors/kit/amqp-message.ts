import type { Message } from 'rhea';

/** What connectors need of an AMQP 1.0 message. */
export interface AmqpMessage {
  /** Where it was sent to: a topic's name, on most brokers. */
  readonly to?: string;
  readonly subject?: string;
  readonly contentType?: string;
  /** Application properties. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The bytes of the body: data sections as they came, a text in UTF-8, any other value as JSON. */
  readonly body: Uint8Array;
}

/** A message as rhea decoded it, in the words of connectors. */
export function messageOf(message: Message): AmqpMessage {
  // rhea types its members as `any`.
  const told: Readonly<Record<string, unknown>> = message as never;
  const { to, subject, content_type, application_properties, body } = told;
  return {
    ...(typeof to === 'string' ? { to } : {}),
    ...(typeof subject === 'string' ? { subject } : {}),
    ...(typeof content_type === 'string' ? { contentType: content_type } : {}),
    properties: (application_properties ?? {}) as Readonly<Record<string, unknown>>,
    body: bytesOf(body),
  };
}

function bytesOf(body: unknown): Uint8Array {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  // Data sections keep their bytes in `content`, several of them as a list.
  const content = (body as { readonly content?: unknown } | null | undefined)?.content;
  if (Buffer.isBuffer(content)) return content;
  if (Array.isArray(content) && content.every((part) => Buffer.isBuffer(part))) return Buffer.concat(content);
  return Buffer.from(JSON.stringify(content ?? body ?? null), 'utf8');
}
