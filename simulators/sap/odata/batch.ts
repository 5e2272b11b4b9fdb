import { randomBytes } from 'node:crypto';
import { headerOf, type HttpAnswer, type HttpRequest } from '../http/message';
import { badRequest } from './odata-error';

/** A part of a batch: one request, or several that take effect together. */
export interface BatchPart {
  readonly atomic: boolean;
  readonly requests: readonly BatchRequest[];
}

/** A request inside a batch. */
export interface BatchRequest {
  readonly request: HttpRequest;
  readonly contentId?: string;
}

type Headers = Readonly<Record<string, string>>;

const boundaryOf = (contentType: string | undefined): string => {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw badRequest('The batch has no boundary in its content type');
  return boundary;
};

/** Splits at the first empty line. */
const headAndRest = (text: string): { readonly lines: readonly string[]; readonly rest: string } => {
  const start = text.replace(/^(?:[ \t]*\r?\n)+/, '');
  const blank = /\r?\n[ \t]*\r?\n/.exec(start);
  const [head, rest] =
    blank === null ? [start, ''] : [start.slice(0, blank.index), start.slice(blank.index + blank[0].length)];
  return { lines: head.split(/\r?\n/).filter((line) => line.trim() !== ''), rest };
};

const headersIn = (lines: readonly string[]): Headers =>
  Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );

const partsOf = (text: string, boundary: string): readonly string[] => {
  const escaped = boundary.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const [, ...parts] = text.split(new RegExp(`(?:^|\\r?\\n)--${escaped}(?:--)?[ \\t]*(?=\\r?\\n|$)`));
  return parts.filter((part) => part.trim() !== '');
};

const requestIn = (text: string, headers: Headers, base: string): BatchRequest => {
  const { lines, rest } = headAndRest(text);
  const [first = '', ...own] = lines;
  const [, method = '', target = ''] = /^(\w+)\s+(\S+)/.exec(first) ?? [];
  if (method === '') throw badRequest(`'${first}' is no request line`);
  const inner = headersIn(own);
  const contentId = headers['content-id'] ?? inner['content-id'];
  return {
    request: { method, url: new URL(target, `${base}/`), headers: inner, body: Buffer.from(rest.trim(), 'utf8') },
    ...(contentId === undefined ? {} : { contentId }),
  };
};

/** Reads a `$batch` body; relative addresses are made absolute against the service. @throws ODataError */
export const readBatch = ({ headers, body }: HttpRequest, serviceUrl: string): readonly BatchPart[] => {
  const boundary = boundaryOf(headerOf(headers, 'content-type'));
  return partsOf(body.toString('utf8'), boundary).map((part) => {
    const { lines, rest } = headAndRest(part);
    const partHeaders = headersIn(lines);
    const type = partHeaders['content-type'] ?? '';
    if (!type.startsWith('multipart/mixed')) {
      const single = requestIn(rest, partHeaders, serviceUrl);
      if (single.request.method !== 'GET') throw badRequest('Only GET may stand outside of a change set');
      return { atomic: false, requests: [single] };
    }
    const requests = partsOf(rest, boundaryOf(type)).map((inner) => {
      const outer = headAndRest(inner);
      return requestIn(outer.rest, headersIn(outer.lines), serviceUrl);
    });
    if (requests.some(({ request }) => request.method === 'GET')) throw badRequest('GET may not stand in a change set');
    return { atomic: true, requests };
  });
};

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  404: 'Not Found',
  412: 'Precondition Failed',
  428: 'Precondition Required',
};

const httpPart = ({ status, headers = {}, body = '' }: HttpAnswer, contentId: string | undefined): string => {
  const all: Readonly<Record<string, string | readonly string[]>> = {
    'content-type': 'text/html',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`);
  const inner = [`HTTP/1.1 ${status} ${reasons[status] ?? ''}`.trim(), ...lines, '', body].join('\r\n');
  const id = contentId === undefined ? [] : [`Content-ID: ${contentId}`];
  return [
    'Content-Type: application/http',
    `Content-Length: ${Buffer.byteLength(inner)}`,
    'Content-Transfer-Encoding: binary',
    ...id,
    '',
    inner,
  ].join('\r\n');
};

/** What came of a part: an answer per request, or one for a change set that failed. */
export interface BatchResult {
  readonly atomic: boolean;
  readonly answers: readonly { readonly answer: HttpAnswer; readonly contentId?: string }[];
}

const wrap = (boundary: string, parts: readonly string[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;

/** The answer to a batch. */
export const renderBatch = (results: readonly BatchResult[]): HttpAnswer => {
  const boundary = `ejj${randomBytes(4).toString('hex')}`;
  const parts = results.map(({ atomic, answers }, index) => {
    const inner = answers.map(({ answer, contentId }) => httpPart(answer, contentId));
    const failed = answers.some(({ answer }) => answer.status >= 400);
    if (!atomic || failed) return inner.join('');
    const set = `${boundary}${index + 1}`;
    const body = wrap(set, inner);
    return `Content-Type: multipart/mixed; boundary=${set}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  });
  return {
    status: 202,
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}`, dataserviceversion: '2.0' },
    body: wrap(boundary, parts),
  };
};
