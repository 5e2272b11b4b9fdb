import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { closeServer, listenOnLoopback } from '../../simulators/kit/loopback';
import { eventOf } from '../../test/fixtures/events';
import { openTraces } from './open-traces';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const names = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TIMEOUT'] as const;
afterEach(() => {
  for (const name of names) Reflect.deleteProperty(process.env, name);
});

/** What a collector takes at `/v1/traces`. */
interface Taken {
  readonly url: string | undefined;
  readonly key: unknown;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] };
      readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[];
    }[];
  };
}

test('spans reach a collector by OTLP over HTTP, at the latest when the process ends', async () => {
  const taken: Taken[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      taken.push({ url: request.url, key: request.headers['x-key'], body: body as Taken['body'] });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = await listenOnLoopback(collector, 0);
  process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'x-key=secret';
  const traces = openTraces(process.env, silent);
  traces?.published(eventOf({ id: '8c70a596-b314-8e6c-a778-1390f1838f59' }), Date.now() - 5);
  await traces?.stop();
  await closeServer(collector);
  expect(taken).toMatchObject([{ url: '/v1/traces', key: 'secret' }]);
  const [resource] = taken[0]?.body.resourceSpans ?? [];
  expect(resource?.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'signalbox' } });
  expect(resource?.scopeSpans[0]?.spans).toMatchObject([
    { traceId: '8c70a596b3148e6ca7781390f1838f59', name: 'publish', kind: 4 },
  ]);
});

test('a collector that is away is told in the log, and holds nothing up', async () => {
  const warned: string[] = [];
  const gone = createServer();
  const url = await listenOnLoopback(gone, 0);
  await closeServer(gone);
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = url;
  process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '500';
  const traces = openTraces(process.env, { ...silent, warn: (_fields, message) => void warned.push(message) });
  traces?.published(eventOf(), Date.now());
  await traces?.stop();
  expect(warned).toContain('traces could not be exported');
});

test('without a collector there are no traces; a share that is none is refused', () => {
  expect(openTraces({}, silent)).toBeUndefined();
  expect(openTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, silent)).toBeUndefined();
  const share = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_SAMPLER_ARG: '2' };
  expect(() => openTraces(share, silent)).toThrow('from 0 to 1');
});
