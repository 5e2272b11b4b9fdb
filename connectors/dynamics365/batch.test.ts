import { batchOf, readBatch } from './batch';

it('a batch holds each request whole, none in a change set', () => {
  const { contentType, text } = batchOf([
    { method: 'PATCH', url: 'https://x/tasks(1)', headers: { 'If-None-Match': '*' }, body: { subject: 'Grüße' } },
    { method: 'GET', url: 'https://x/tasks(2)' },
  ]);
  const boundary = /^multipart\/mixed; boundary=(batch_[\w-]+)$/.exec(contentType)?.[1] ?? '';
  const parts = text.split(`--${boundary}`);
  expect(parts).toHaveLength(4);
  expect(parts[1]).toContain(
    'PATCH https://x/tasks(1) HTTP/1.1\r\nIf-None-Match: *\r\nContent-Type: application/json; type=entry\r\n\r\n{"subject":"Grüße"}\r\n',
  );
  // A GET ends with two empty lines, or Dataverse takes the next boundary for its headers.
  expect(parts[2]).toMatch(/GET https:\/\/x\/tasks\(2\) HTTP\/1\.1\r\n\r\n\r\n$/);
  expect(text.endsWith(`--${boundary}--\r\n`)).toBe(true);
});

it('answers are read in order, with and without bodies', () => {
  const answer = (head: string, body: string) =>
    `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n${head}\r\n\r\n${body}\r\n`;
  const text = [
    answer('HTTP/1.1 201 Created\r\nETag: W/"7"\r\nContent-Type: application/json', '{"a":1,"b":"x\\r\\n\\r\\ny"}'),
    answer('HTTP/1.1 204 No Content\r\nOData-EntityId: https://x/tasks(1)', ''),
    answer('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7', '{"error":{"code":"0x80072322"}}'),
    answer('HTTP/1.1 502 Bad Gateway', '<html>'),
    '--b--\r\n',
  ].join('');
  expect(readBatch('multipart/mixed; boundary=b', text)).toEqual([
    { status: 201, headers: { etag: 'W/"7"', 'content-type': 'application/json' }, body: { a: 1, b: 'x\r\n\r\ny' } },
    { status: 204, headers: { 'odata-entityid': 'https://x/tasks(1)' }, body: undefined },
    { status: 429, headers: { 'retry-after': '7' }, body: { error: { code: '0x80072322' } } },
    { status: 502, headers: {}, body: '<html>' },
  ]);
});

it('what is no batch has no answers', () => {
  expect(readBatch('text/html', '<html>')).toEqual([]);
});
