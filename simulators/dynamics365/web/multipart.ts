import { Refusal } from '../org/refusal';

/** A piece of a multipart body: its headers by lower-case name, and what follows them. */
export interface Part {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly content: string;
}

/** An HTTP request written into a part. */
export interface InnerRequest extends Part {
  readonly method: string;
  readonly url: string;
}

const malformed = (what: string): Refusal => new Refusal(400, '0x80060888', `The batch payload is malformed: ${what}`);

const readHeaders = (text: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
  );

/** The boundary of a `multipart/mixed` content type, undefined where it is none. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  const [, quoted, bare] = /^multipart\/mixed\s*;.*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '') ?? [];
  return quoted ?? bare;
};

/** The parts between the boundaries. Lines end with CRLF. @throws Refusal where the body is not formed so */
export const splitParts = (body: string, boundary: string): readonly Part[] => {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (pieces.length < 2) throw malformed(`no boundary '${boundary}', or lines that do not end with CRLF.`);
  const end = pieces.findIndex((piece) => piece.startsWith('--'));
  if (end < 0) throw malformed(`the closing boundary '--${boundary}--' is missing.`);
  return pieces.slice(1, end).map((piece) => {
    const gap = piece.indexOf('\r\n\r\n');
    if (gap < 0) throw malformed('a part has no blank line after its headers.');
    return { headers: readHeaders(piece.slice(0, gap)), content: piece.slice(gap + 4) };
  });
};

/** Where a request's headers end. */
const endOfHeaders = (content: string): number => {
  const gap = content.indexOf('\r\n\r\n');
  if (gap >= 0) return gap;
  // Clients that work with the service end a GET's headers with one blank line; without headers it takes two.
  if (content.trimEnd().includes('\r\n')) return content.length;
  throw malformed('a request needs a blank line after its headers; a GET without any is followed by two.');
};

/** The HTTP request of an `application/http` part. @throws Refusal where it is none */
export const readRequest = ({ headers, content }: Part): InnerRequest => {
  if (headers['content-type']?.startsWith('application/http') !== true) {
    throw malformed(`a part has the content type '${headers['content-type'] ?? ''}' instead of 'application/http'.`);
  }
  const gap = endOfHeaders(content);
  const [line = '', ...rest] = content.slice(0, gap).split('\r\n');
  const [, method, url] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(line.trim()) ?? [];
  if (method === undefined || url === undefined) throw malformed(`'${line}' is no request line.`);
  return { method, url, headers: readHeaders(rest.join('\r\n')), content: content.slice(gap + 4).trim() };
};
