import { unwrappedBody, unwrappedText } from './serialised-string';

const json = '{"MessageName":"Create","PrimaryEntityName":"lead","OperationId":"o-1","Name":"Zoë <& Co>"}';
const namespace = 'http://schemas.microsoft.com/2003/10/Serialization/';
const head = (element = 'string'): Buffer =>
  Buffer.concat([
    Buffer.of(0x40, element.length),
    Buffer.from(element),
    Buffer.of(0x08, namespace.length),
    Buffer.from(namespace),
  ]);
const sized = (size: number, value: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
};
/** One record of content. */
const record = (type: number, size: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.of(type), sized(size, content.length), content]);
const utf8 = Buffer.from(json);
const utf16 = Buffer.from(json, 'utf16le');
const [start, middle, rest] = [utf8.subarray(0, 20), utf8.subarray(20, 50), utf8.subarray(50)];
const xml = `<string xmlns="${namespace}">${json.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`;

it.each<[what: string, body: Buffer]>([
  ['of less than 256 bytes', Buffer.concat([head(), record(0x99, 1, utf8)])],
  ['of less than 64 KiB', Buffer.concat([head(), record(0x9b, 2, utf8)])],
  ['of more', Buffer.concat([head(), record(0x9d, 4, utf8)])],
  ['in UTF-16', Buffer.concat([head(), record(0xb7, 1, utf16)])],
  ['in UTF-16, longer', Buffer.concat([head(), record(0xb9, 2, utf16)])],
  [
    'in several records',
    Buffer.concat([head(), record(0x98, 1, start), record(0x9a, 2, middle), record(0x99, 1, rest)]),
  ],
  ['whose end stands for itself', Buffer.concat([head(), record(0x98, 1, utf8), Buffer.of(0x01)])],
  ['that was bytes', Buffer.concat([head('base64Binary'), record(0x9f, 1, utf8)])],
  ['as XML', Buffer.from(xml)],
  ['as XML with its declaration', Buffer.from(`\uFEFF<?xml version="1.0" encoding="utf-8"?>\n${xml}`)],
  [
    'that was bytes, as XML',
    Buffer.from(`<base64Binary xmlns="${namespace}">${utf8.toString('base64')}</base64Binary>`),
  ],
])('opens a text that .NET serialised: one %s', (_, body) => {
  expect(Buffer.from(unwrappedBody(body) ?? []).toString('utf8')).toBe(json);
});

it.each<[what: string, body: Buffer]>([
  ['JSON', utf8],
  ['nothing', Buffer.alloc(0)],
  ['a head alone', head()],
  ['one that is cut', Buffer.concat([head(), record(0x99, 1, utf8)]).subarray(0, 100)],
  ['one whose length is cut', Buffer.concat([head(), Buffer.of(0x9d, 1)])],
  ['one with more behind it', Buffer.concat([head(), record(0x99, 1, utf8), Buffer.of(0x20)])],
  ['one without an end', Buffer.concat([head(), record(0x98, 1, utf8)])],
  ['an unknown record', Buffer.concat([head(), Buffer.of(0x0b)])],
  ['another element', Buffer.concat([head('RemoteExecutionContext'), record(0x99, 1, utf8)])],
  ['XML with elements in it', Buffer.from(`<string xmlns="${namespace}"><a/></string>`)],
  [
    'XML with a document type',
    Buffer.from(`<!DOCTYPE string [<!ENTITY a "b">]><string xmlns="${namespace}">&a;</string>`),
  ],
])('leaves %s as it is', (_, body) => {
  expect(unwrappedBody(body)).toBeUndefined();
});

it('opens what tools made a text of: base64, or the bytes taken for characters, whatever became of them', () => {
  const body = Buffer.concat([head(), record(0x99, 1, Buffer.from('{"a":1}'))]);
  expect(unwrappedText(body.toString('base64'))).toBe('{"a":1}');
  expect(unwrappedText(body.toString('latin1'))).toBe('{"a":1}');
  expect(unwrappedText(body.toString('utf8'))).toBe('{"a":1}');
  expect(unwrappedText(xml)).toBe(json);
  // 123 bytes: the length is a bracket.
  const long = JSON.stringify({ a: 'x'.repeat(115) });
  expect(unwrappedText(Buffer.concat([head(), record(0x99, 1, Buffer.from(long))]).toString('latin1'))).toBe(long);
  expect(unwrappedText(body.subarray(0, 64).toString('latin1'))).toBeUndefined();
  expect(unwrappedText('{"a":1}')).toBeUndefined();
});
