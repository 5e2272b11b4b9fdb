import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Connections, OpenConnection } from '../activities/connections';
import { Permanent, Retryable, type InboundReply, type InboundRequest } from '../connectors/contract';
import { maxBodyBytes, openDoor, type DoorLimits } from './receive';
import type { Door } from './service';

const log: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[] = [];
const to = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
  log.push({ level, fields, message });
};

let answer: (request: InboundRequest) => Promise<InboundReply>;
let door: Door;
let base: string;

/** One connection that is pushed to; every other name is unknown or hears in another way. */
const connections: Pick<Connections, 'of' | 'pushed'> = {
  pushed: () => [{ tenant: 'acme', connection: 'web', connector: 'test' }],
  of: () =>
    Promise.resolve({
      connection: { receiver: { receive: (request: InboundRequest) => answer(request) } },
    } as unknown as OpenConnection),
};

const opened = (listen = { host: '127.0.0.1', port: 0 }, limits?: DoorLimits): Promise<Door | undefined> =>
  openDoor({ connections, log: { info: to('info'), warn: to('warn'), error: to('error') } }, listen, limits);

beforeEach(async () => {
  log.length = 0;
  answer = () => Promise.resolve({ status: 202 });
  door = (await opened())!;
  base = door.receivers[0]!.url;
});
afterEach(() => door.stop());

const post = (url: string, body?: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });

describe('the door', () => {
  it('hands a request over as it came, and the answer back', async () => {
    const seen: InboundRequest[] = [];
    answer = (request) => {
      seen.push(request);
      return Promise.resolve({ status: 201, headers: { 'x-kept': 'yes' }, body: 'kept' });
    };
    const body = Uint8Array.from({ length: 256 }, (_, n) => n);
    const response = await post(`${base}/a%20b/c?code=a%2Bb&x=1&x=2`, body, {
      'Content-Type': 'application/json',
      'X-Signature': 'abc',
    });
    expect([response.status, response.headers.get('x-kept'), await response.text()]).toEqual([201, 'yes', 'kept']);
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', path: '/a%20b/c' });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'x-signature': 'abc' });
    expect(Buffer.from(request?.body ?? []).equals(body)).toBe(true);
    expect([request?.query.get('code'), request?.query.getAll('x')]).toEqual(['a+b', ['1', '2']]);
  });

  it.each(['text/plain', 'application/xml', 'application/cloudevents-batch+json; charset=utf-8', 'x/unheard-of', ''])(
    'leaves bytes alone that are called "%s"',
    async (type) => {
      let body: Uint8Array | undefined;
      answer = (request) => {
        body = request.body;
        return Promise.resolve({ status: 200 });
      };
      const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x00, 0x7b);
      const { status } = await post(base, bytes, type === '' ? {} : { 'content-type': type });
      expect([status, Buffer.from(body ?? []).equals(bytes)]).toEqual([200, true]);
    },
  );

  it.each(['GET', 'OPTIONS', 'PUT', 'DELETE'])('also takes %s, without a body', async (method) => {
    answer = (request) => Promise.resolve({ status: 200, body: `${request.method} ${request.body.length}` });
    expect(await (await fetch(base, { method })).text()).toBe(`${method} 0`);
  });

  it('says the same to whoever asks for what is not there', async () => {
    const root = base.replace('/in/acme/web', '');
    const said = await Promise.all(
      ['/in/acme/sales', '/in/nobody/web', '/in/nobody/nothing/x', '/in/acme', '/', '/in/acme%2Fweb/x'].map(
        async (path) => {
          const response = await post(`${root}${path}`, '{}');
          return `${response.status} ${await response.text()}`;
        },
      ),
    );
    expect(new Set(said)).toEqual(new Set(['404 {"message":"there is nothing here"}']));
    expect(door.answered('*', '')).toEqual({ 404: 6 });
  });

  it('tells that it is up', async () => {
    const response = await fetch(base.replace('/in/acme/web', '/healthz'));
    expect([response.status, await response.json()]).toEqual([200, { status: 'up' }]);
  });

  it('asks to come again when nothing can be kept now', async () => {
    answer = () => Promise.reject(new Retryable('SBX_INBOX_FULL', 'full', 12_300));
    const response = await post(base, '{}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '13']);
    expect(log.at(-1)).toMatchObject({ level: 'warn', fields: { where: 'acme/web', code: 'SBX_INBOX_FULL' } });
  });

  it('refuses a body that is too large, announced or not', async () => {
    let received = 0;
    answer = () => Promise.resolve({ status: 202 + received++ });
    const fits = await post(base, new Uint8Array(maxBodyBytes));
    expect(fits.status).toBe(202);
    const announced = httpRequest(base, { method: 'POST', headers: { 'content-length': maxBodyBytes + 1 } });
    announced.flushHeaders();
    const [refused] = (await once(announced, 'response')) as [{ statusCode: number }];
    expect(refused.statusCode).toBe(413);
    announced.on('error', () => undefined).destroy();
    const chunked = httpRequest(base, { method: 'POST' }).on('error', () => undefined);
    chunked.write(new Uint8Array(maxBodyBytes + 1));
    const [told] = (await once(chunked, 'response')) as [{ statusCode: number }];
    expect(told.statusCode).toBe(413);
    chunked.destroy();
    expect(received).toBe(1);
  });

  it('names any other failure by a reference that is in the log, and tells nothing that was sent', async () => {
    answer = ({ body }) => Promise.reject(new TypeError(`cannot read ${Buffer.from(body).toString()}`));
    const response = await post(`${base}?email=maria@lopez.example`, 'maria@lopez.example', { 'x-who': 'maria' });
    const { reference } = (await response.json()) as { reference: string };
    expect(response.status).toBe(500);
    const entry = log.find(({ fields }) => fields['reference'] === reference);
    expect(entry).toMatchObject({ level: 'error', fields: { where: 'acme/web', error: 'TypeError' } });
    expect(JSON.stringify(entry?.fields['at'])).toContain('receive.test.ts');
    expect(JSON.stringify(log)).not.toMatch(/maria/);
  });

  it('tells the reason of what a person must mend', async () => {
    answer = () => Promise.reject(new Permanent('SBX_X', 'the certificate is missing'));
    expect((await post(base)).status).toBe(500);
    expect(log.at(-1)?.fields).toMatchObject({ code: 'SBX_X', error: 'the certificate is missing' });
  });

  it('counts its answers and tells the log how many there were', async () => {
    answer = ({ headers }) => Promise.resolve({ status: headers['x-key'] === 'right' ? 202 : 401 });
    for (const key of ['right', 'wrong', 'right']) await post(base, 'x', { 'x-key': key });
    expect(door.answered('acme', 'web')).toEqual({ 202: 2, 401: 1 });
    await door.stop();
    expect(log.at(-1)).toEqual({
      level: 'info',
      fields: { where: 'acme/web', answers: { 202: 2, 401: 1 } },
      message: 'requests answered',
    });
  });

  it('survives a sender that goes away or does not speak HTTP', async () => {
    const { port } = new URL(base);
    const gone = connect(Number(port), '127.0.0.1');
    gone.write('POST /in/acme/web HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
    await once(gone, 'connect');
    gone.destroy();
    const odd = connect(Number(port), '127.0.0.1');
    odd.write('\0\0\0 what is this\r\n\r\n');
    expect(await text(odd)).toMatch(/^HTTP\/1.1 400 /);
    expect((await post(base, '{}')).status).toBe(202);
  });

  it('lets a request under way finish when it is told to stop, and takes no other', async () => {
    let letGo = (): void => undefined;
    const asked = new Promise<void>((heard) => {
      answer = async () => {
        answer = () => Promise.resolve({ status: 202 });
        heard();
        await new Promise<void>((resolve) => (letGo = resolve));
        return { status: 202, body: 'kept' };
      };
    });
    const response = post(base, '{}');
    await asked;
    const stopped = door.stop();
    const isRefused = (): Promise<boolean> =>
      post(base, '{}').then(
        ({ status }) => status === 503,
        () => true,
      );
    while (!(await isRefused()));
    letGo();
    expect(await (await response).text()).toBe('kept');
    await stopped;
  });

  describe('with narrow limits', () => {
    const limits = { readWithinMs: 100, answerWithinMs: 300, underWay: 1 };
    beforeEach(async () => {
      await door.stop();
      door = (await opened(undefined, limits))!;
      base = door.receivers[0]!.url;
    });

    it('puts off a sender whose answer takes too long, and is not hurt by the late one', async () => {
      let letGo = (): void => undefined;
      answer = async () => {
        await new Promise<void>((resolve) => (letGo = resolve));
        return { status: 202 };
      };
      const response = await post(base, '{}');
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
      letGo();
      answer = () => Promise.resolve({ status: 200 });
      expect((await post(base, '{}')).status).toBe(200);
      expect(log.filter(({ level }) => level === 'error')).toEqual([]);
    });

    it('ends a request that does not come to its end', async () => {
      const slow = connect(Number(new URL(base).port), '127.0.0.1');
      slow.write('POST /in/acme/web HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc');
      expect(await text(slow)).toMatch(/^HTTP\/1.1 408 /);
    });

    it('puts off those beyond what may be under way', async () => {
      let letGo = (): void => undefined;
      const asked = new Promise<void>((heard) => {
        answer = async () => {
          heard();
          await new Promise<void>((resolve) => (letGo = resolve));
          return { status: 202 };
        };
      });
      const first = post(base, '{}');
      await asked;
      const second = await post(base, '{}');
      expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
      letGo();
      expect((await first).status).toBe(202);
    });
  });

  it('names an address that it cannot have, with the fix', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(opened({ host: '127.0.0.1', port })).rejects.toThrow(/something else listens there.*--listen/);
    other.close();
  });
});

test('no door is opened where nobody pushes', async () => {
  const nobody = { ...connections, pushed: () => [] };
  const none = { info: to('info'), warn: to('warn'), error: to('error') };
  expect(await openDoor({ connections: nobody, log: none }, { host: '127.0.0.1', port: 0 })).toBeUndefined();
});
