import { FrontendMessages } from './frontend-messages';

/** A message: its type, empty for the first one, its length and its body. */
function message(type: string, body = ''): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
}

const greeting = message('', '\0\x03\0\0user\0postgres\0\0');
const encryption = message('', '\x04\xd2\x16\x2f');

test('asks for encryption and a greeting are answered without the database, in pieces or whole', () => {
  const whole = new FrontendMessages().push(Buffer.concat([encryption, greeting]));
  expect(whole.map(({ reply }) => String.fromCharCode(reply?.[0] ?? 0))).toEqual(['N', 'R']);
  const pieces = new FrontendMessages();
  const replies = [...encryption, ...greeting].flatMap((byte) => pieces.push(Buffer.from([byte])));
  expect(replies).toEqual(whole);
});

test('all messages up to a Sync are one request, a simple query is one by itself', () => {
  const messages = new FrontendMessages();
  messages.push(greeting);
  const extended = [message('P', 'parse'), message('B', 'bind'), message('E', 'execute'), message('S')];
  expect(messages.push(Buffer.concat(extended.slice(0, 3)))).toEqual([]);
  const requests = messages.push(Buffer.concat([extended[3]!, message('Q', 'select 1\0')]));
  expect(requests).toEqual([{ bytes: Buffer.concat(extended) }, { bytes: message('Q', 'select 1\0') }]);
});

test('nothing is taken after the client has said goodbye', () => {
  const messages = new FrontendMessages();
  messages.push(greeting);
  expect(messages.push(Buffer.concat([message('X'), message('Q', 'select 1\0')]))).toEqual([]);
  expect(messages.isEnded).toBe(true);
});
