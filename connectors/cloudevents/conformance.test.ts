import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { signature } from '../../simulators/cloudevents';
import type { CloudEventsConfig } from './config';
import type { CloudEventJson } from './native';
import { receiving } from './receiving.fixture';

const folder = join(__dirname, '../../../shared/fixtures/cloudevents');
const describeFixtures = existsSync(folder) ? describe : describe.skip;
const needs = '(needs ../shared/fixtures/cloudevents)';

const key = { id: 'k', secret: 's'.repeat(32) };
const config: CloudEventsConfig = { channel: 'web', auth: { kind: 'hmac', keys: [key] } };

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is kept of a request, or its refusal. */
async function outcomeOf({ headers, body }: Message): Promise<readonly CloudEventJson[] | string> {
  const web = await receiving(config);
  const bytes = Buffer.from(body);
  const proof = signature({ method: 'POST', headers, body: bytes }, key, Math.floor(Date.now() / 1000));
  const reply = await web.receive({ headers: { ...headers, 'signalbox-signature': proof }, body: bytes });
  return reply.status === 202 ? web.kept() : String(reply.status);
}

/** An HTTP/1.1 request as text; a start line may be missing. */
function messageOf(text: string): Message {
  const [head = '', ...rest] = text.replace(/\r/g, '').split('\n\n');
  const lines = head.split('\n').map((line) => /^([\w-]+): (.*)$/.exec(line.trim()));
  const headers = lines.flatMap((match) => (match === null ? [] : [[match[1]?.toLowerCase() ?? '', match[2] ?? '']]));
  return { headers: Object.fromEntries(headers) as Message['headers'], body: rest.join('\n\n') };
}

describeFixtures(`the conformance cases of the HTTP binding ${needs}`, () => {
  const feature = existsSync(folder)
    ? readFileSync(join(folder, 'conformance/features/http-protocol-binding.feature'), 'utf8')
    : '';
  /** Each scenario with each of its content types. */
  const scenarios = feature
    .split(/^\s*Scenario Outline: /m)
    .slice(1)
    .flatMap((scenario) => {
      const title = scenario.split(' (', 1).join('');
      const types = scenario.split('Examples:')[1]?.match(/application[^|\n]*/g) ?? [];
      return types.map((type) => [title, type.trim(), scenario.replaceAll('<contentType>', type.trim())] as const);
    });

  it('are all here', () => {
    expect(scenarios.map(([title, type]) => `${title}: ${type}`)).toHaveLength(4);
  });

  it.each(scenarios)('%s (%s)', async (_title, _type, scenario) => {
    const [, request = '', , data = ''] = scenario.split('"""');
    const unindented = request.replace(/^ {8}/gm, '').trim();
    const [told = ''] = scenario.split('Examples:');
    const wanted = [...told.matchAll(/^\s*\|\s*(\w+)\s*\|\s*(.*?)\s*\|$/gm)].filter(([, name]) => name !== 'key');
    const [event] = (await outcomeOf(messageOf(unindented))) as readonly CloudEventJson[];
    expect(wanted).toHaveLength(6);
    for (const [, name = '', value] of wanted) expect([name, event?.[name]]).toEqual([name, value]);
    expect(event?.['data']).toEqual(JSON.parse(data));
  });
});

interface YamlEvent {
  readonly Mode?: string;
  readonly ContextAttributes: Readonly<Record<string, string>> & { readonly Extensions?: Record<string, string> };
  readonly Data: string;
}

describeFixtures(`the conformance events ${needs}`, () => {
  const files = ['v1.yaml', 'v1.0/v1_minimum.yaml', 'v03.yaml', 'v0.3/v03_minimum.yaml'];
  const events = (existsSync(folder) ? files : []).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, 'conformance/yaml', file), 'utf8'), { schema: 'failsafe' }).map(
      (document, index): [string, number, YamlEvent] => [file, index, document.toJS() as YamlEvent],
    ),
  );

  it.each(events)('%s, document %i', async (file, _index, { Mode, ContextAttributes, Data }) => {
    const { Extensions = {}, datacontenttype, ...attributes } = ContextAttributes;
    const all = { ...attributes, ...Extensions };
    const isBinary = Mode !== 'structured';
    const headers = Object.entries(all).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]);
    const outcome = await outcomeOf(
      isBinary
        ? {
            headers: {
              ...(Object.fromEntries(headers) as Message['headers']),
              'content-type': datacontenttype ?? 'application/json',
            },
            body: Data,
          }
        : {
            headers: { 'content-type': 'application/cloudevents+json' },
            body: JSON.stringify({ ...all, data: JSON.parse(Data) as unknown }),
          },
    );
    // Older versions are refused, not guessed at.
    if (file.includes('03')) expect(outcome).toBe('400');
    else {
      const isJson = datacontenttype === undefined || datacontenttype.includes('json');
      expect(outcome).toMatchObject([{ ...all, data: isJson ? (JSON.parse(Data) as unknown) : Data }]);
    }
  });

  it('are all here', () => {
    expect(events.length).toBeGreaterThan(10);
  });
});

describeFixtures(`the examples of the specification ${needs}`, () => {
  /** File -> ids that are kept, or the refusal. Examples with placeholders are no events. */
  const expected: Readonly<Record<string, string>> = {
    'amqp-protocol-binding-00.http-or-amqp.txt': '415',
    'correlation-00.json': 'order-123',
    'correlation-01.json': 'payment-789',
    'correlation-02.json': 'inventory-456',
    'correlation-03.json': 'shipping-012',
    'correlation-04.json': 'error-345',
    'correlation-05.json': 'fulfillment-567',
    'correlation-06.json': 'notify-email-890',
    'correlation-07.json': 'notify-sms-891',
    'dataref-00.json': 'A234-1234-1234',
    'dataref-01.json': 'A234-1234-1234',
    'distributed-tracing-00.http-or-amqp.txt': '415',
    'http-protocol-binding-00.http-or-amqp.txt': '400',
    'http-protocol-binding-01.http-or-amqp.txt': '400',
    'json-format-00.json': '400',
    'json-format-01.http-or-amqp.txt': 'A234-1234-1234',
    'json-format-02.json': 'B234-1234-1234',
    'json-format-03.http-or-amqp.txt': 'B234-1234-1234',
    'json-format-04.json': 'C234-1234-1234',
    'json-format-05.http-or-amqp.txt': 'C234-1234-1234',
    'json-format-06.json': 'C234-1234-1234',
    'json-format-07.http-or-amqp.txt': 'C234-1234-1234',
    'json-format-08.json': 'D234-1234-1234',
    'json-format-09.http-or-amqp.txt': 'D234-1234-1234',
    'json-format-10.json': 'D234-1234-1234',
    'json-format-11.http-or-amqp.txt': 'D234-1234-1234',
    'json-format-12.json': '400',
    'kafka-protocol-binding-00.http-or-amqp.txt': '415',
    'nats-protocol-binding-00.http-or-amqp.txt': '415',
    'primer-00.http-or-amqp.txt': 'a978702e-ef48-4032-ac18-a057e0104076',
    'primer-02.http-or-amqp.txt': '400',
    'spec-00.json': 'A234-1234-1234',
    'verifiability-03.json': '1',
    'verifiability-06.json': '1',
    'verifiability-10.http-or-amqp.txt': '1',
    'verifiability-11.http-or-amqp.txt': '1',
    'verifiability-13.json': '1',
    'verifiability-15.json': '400',
    'verifiability-17.json': '400',
    'verifiability-19.json': '400',
    'verifiability-21.json': '1',
    'verifiability-23.json': '1',
    'verifiability-26.json': '1',
    'verifiability-29.json': '1',
  };

  const names = existsSync(folder) ? readdirSync(join(folder, 'spec-examples')) : [];

  it.each(names.filter((name) => name.endsWith('.json') || name.includes('http-or-amqp')))('%s', async (name) => {
    const text = readFileSync(join(folder, 'spec-examples', name), 'utf8');
    const isBatch = text.trimStart().startsWith('[');
    const type = isBatch ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
    const outcome = await outcomeOf(
      name.endsWith('.json') ? { headers: { 'content-type': type }, body: text } : messageOf(text),
    );
    const told = typeof outcome === 'string' ? outcome : outcome.map(({ id }) => id).join();
    expect(`${name}: ${told}`).toBe(`${name}: ${expected[name] ?? ''}`);
  });
});
