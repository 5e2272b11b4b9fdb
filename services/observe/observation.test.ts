import { createServer } from 'node:http';
import { closeServer, listenOnLoopback } from '../../simulators/kit/loopback';
import { defaultMetrics, Observation } from './observation';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(port: number): Promise<Observation> {
  const observation = await new Observation(silent).open({ host: '127.0.0.1', port });
  closers.push(() => observation.stop());
  return observation;
}

/** Takes a port, or finds it taken, which is as well. */
async function take(port: number): Promise<void> {
  const server = createServer();
  await listenOnLoopback(server, port).then(
    () => closers.push(() => closeServer(server)),
    () => undefined,
  );
}

describe('Observation', () => {
  it('is alive and not ready before the start is finished, and when the end has begun', async () => {
    const observation = await open(0);
    const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((at) => fetch(observation.url + at)));
    expect([alive?.status, ready?.status]).toEqual([200, 503]);
    expect(await ready?.json()).toEqual({
      ready: false,
      reasons: [{ check: 'process', what: 'the start is not finished' }],
    });
    observation.stopping();
    expect(await (await fetch(`${observation.url}/readyz`)).json()).toMatchObject({
      reasons: [{ what: 'the process is ending' }],
    });
  });

  it('tells metrics in the text format, its own readiness and the process among them', async () => {
    const { url } = await open(0);
    const page = await fetch(`${url}/metrics`);
    expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await page.text();
    expect(text).toContain('\nsignalbox_ready 0\n');
    expect(text).toContain('\nsignalbox_check_up{check="process"} 0\n');
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('knows nothing else', async () => {
    const { url } = await open(0);
    expect((await fetch(`${url}/in/acme/sales`)).status).toBe(404);
    expect((await fetch(`${url}/readyz`, { method: 'POST' })).status).toBe(405);
  });

  it('gives way to a free port where the default is taken, and refuses a given one', async () => {
    await take(defaultMetrics.port);
    const { url } = await open(defaultMetrics.port);
    expect(url).not.toBe('http://127.0.0.1:9464');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const taken = createServer();
    const port = Number(new URL(await listenOnLoopback(taken, 0)).port);
    closers.push(() => closeServer(taken));
    await expect(open(port)).rejects.toThrow(/cannot tell metrics on .*something else listens there.*--metrics/);
  });
});
