import { Transform } from 'node:stream';

/**
 * Passes bytes on as they are, and fails with `refuse` at the first that are no UTF-8: a parser would put in another letter, and a
 * category be unknown. UTF-16 with its mark, which parsers know, passes.
 */
export function utf8Only(refuse: () => Error): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  let isUtf16 = false;
  const check = (bytes?: Buffer): Error | null => {
    try {
      if (!isUtf16) decoder.decode(bytes, { stream: bytes !== undefined });
      return null;
    } catch {
      return refuse();
    }
  };
  return new Transform({
    transform: (bytes: Buffer, _, done) => {
      if (isFirst) isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
      isFirst = false;
      done(check(bytes), bytes);
    },
    flush: (done) => {
      done(check());
    },
  });
}
