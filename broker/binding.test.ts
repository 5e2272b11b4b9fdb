import type { MessageProperties } from 'amqplib';
import { leadEvent } from '../test/real-broker';
import { decodeEvent, encodeEvent } from './binding';
import { BadBody } from './errors';

const event = leadEvent('acme', '1', 7, 'Grüße 🚀');
const properties = (contentType: string | undefined, headers: Record<string, unknown> = {}): MessageProperties =>
  ({ contentType, headers }) as MessageProperties;

describe('structured mode', () => {
  it('gives back the very event', () => {
    const { content, options } = encodeEvent(event);
    expect(decodeEvent({ content, properties: properties(options.contentType) })).toEqual(event);
  });

  it('is persistent and repeats routing and trace context in headers', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { options } = encodeEvent({ ...event, traceparent });
    expect(options).toMatchObject({
      persistent: true,
      contentType: 'application/cloudevents+json',
      messageId: event.id,
    });
    expect(options.headers).toEqual({
      cloudEvents_specversion: '1.0',
      cloudEvents_id: event.id,
      cloudEvents_type: event.type,
      cloudEvents_source: event.source,
      cloudEvents_subject: event.subject,
      cloudEvents_tenantid: 'acme',
      cloudEvents_partitionkey: event.partitionkey,
      cloudEvents_traceparent: traceparent,
    });
  });

  it('takes a content type with parameters and in capitals', () => {
    const { content } = encodeEvent(event);
    expect(decodeEvent({ content, properties: properties('Application/CloudEvents+JSON; charset=UTF-8') })).toEqual(
      event,
    );
  });
});

describe('binary mode', () => {
  it.each(['cloudEvents_', 'cloudEvents:', 'ce-', 'ce_'])(
    'takes attributes from headers that begin with %s',
    (prefix) => {
      const { data, datacontenttype, ...attributes } = event;
      const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value]));
      const content = Buffer.from(JSON.stringify(data));
      expect(decodeEvent({ content, properties: properties(datacontenttype, headers) })).toEqual(event);
    },
  );
});

describe('a bad body', () => {
  const whole = encodeEvent(event).content;
  it.each([
    ['cut short', whole.subarray(0, whole.length - 9), 'application/cloudevents+json', /not JSON in UTF-8/],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'application/cloudevents+json', /not JSON in UTF-8/],
    ['empty', Buffer.alloc(0), 'application/cloudevents+json', /not JSON in UTF-8/],
    ['of neither mode', whole, 'text/plain', /neither structured nor binary/],
    ['of no type', whole, undefined, /neither structured nor binary/],
    ['a list', Buffer.from('[]'), 'application/cloudevents+json', /not a JSON object/],
    ['of another version', Buffer.from('{"specversion":"0.3"}'), 'application/cloudevents+json', /specversion/],
    [
      'without order',
      Buffer.from(JSON.stringify({ ...event, sequence: undefined })),
      'application/cloudevents+json',
      /sequence/,
    ],
    [
      'without data',
      Buffer.from(JSON.stringify({ ...event, data: 'x' })),
      'application/cloudevents+json',
      /data is not/,
    ],
  ])('that is %s is refused with its bytes', (_, content, type, reason) => {
    const decode = (): unknown => decodeEvent({ content, properties: properties(type) });
    expect(decode).toThrow(BadBody);
    expect(decode).toThrow(reason);
    try {
      decode();
    } catch (error) {
      expect((error as BadBody).bytes.equals(content)).toBe(true);
    }
  });
});
