import { authority, listenAddress } from './listen-address';

test.each([
  ['127.0.0.1:8730', { host: '127.0.0.1', port: 8730 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:65535', { host: '::1', port: 65_535 }],
])('%s is an address, and is written as it was', (text, address) => {
  expect(listenAddress(text)).toEqual(address);
  expect(authority(address)).toBe(text);
});

test.each(['', '8730', ':8730', 'host', 'host:', 'host:x', 'host:65536', '::1:80', 'http://host:80', 'host:80/x'])(
  '"%s" is none',
  (text) => {
    expect(listenAddress(text)).toBeUndefined();
  },
);
