import { type Sample, startSample } from '../../test/graph-directory';
import { Permanent, Retryable } from '../contract';
import type { ResourceNative } from './native';

const signal = AbortSignal.timeout(20_000);
let sample: Sample;
let stream: string;
beforeEach(async () => {
  sample = await startSample(['messages']);
  [stream = ''] = sample.connection.streams;
});
afterEach(() => sample.stop());

const subjects = (natives: readonly unknown[]) =>
  (natives as readonly ResourceNative[]).map(({ resource }) => resource.subject);

it('reads resources by their paths, and leaves out what is gone', async () => {
  const { admin } = sample.directory;
  const [one, other] = ['a', 'b'].map((subject) => `${stream}/${admin.create(stream, { subject })}`);
  const found = await sample.connection.reader.read('message', [one!, `${stream}/none`, other!, 'x'], signal);
  expect(subjects(found)).toEqual(['a', 'b']);
  expect(await sample.connection.reader.read('event', [one!], signal)).toEqual([]);
});

it('reads what changed in a window, page by page, the oldest first', async () => {
  const { admin } = sample.directory;
  for (let n = 0; n < 230; n++) admin.create(stream, { subject: String(n) });
  const found: unknown[] = [];
  const to = new Date(Date.now() + 60_000).toISOString();
  for await (const native of sample.connection.reader.changed(stream, '2026-01-01T00:00:00.000Z', to, signal)) {
    found.push(native);
  }
  expect(subjects(found)).toEqual(Array.from({ length: 230 }, (_, n) => String(n)));
  const none = sample.connection.reader.changed(stream, to, '2999-01-01T00:00:00.000Z', signal);
  expect((await none[Symbol.asyncIterator]().next()).done).toBe(true);
});

it('renews its token by itself, and says whether asking again helps', async () => {
  const { admin } = sample.directory;
  const path = `${stream}/${admin.create(stream, { subject: 'a' })}`;
  await sample.connection.reader.read('message', [path], signal);
  admin.fault({ kind: 'tokenExpiry' });
  expect(await sample.connection.reader.read('message', [path], signal)).toHaveLength(1);
  const wrong = await sample.connect({ auth: { ...sample.config.auth, clientSecret: 'wrong' } });
  await expect(wrong.reader.read('message', [path], signal)).rejects.toThrow(Permanent);
  const away = await sample.connect({ auth: { ...sample.config.auth, loginUrl: 'http://127.0.0.1:9' } });
  await expect(away.reader.read('message', [path], signal)).rejects.toThrow(Retryable);
});
