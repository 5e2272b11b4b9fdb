import { randomUUID } from 'node:crypto';
import { parseLossless } from '../kit/lossless-json';

/** One request of a batch. */
export interface BatchPart {
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The answer to one of them. */
export interface BatchAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const line = '\r\n';

/** A multipart $batch body: Dataverse takes no other. Each part stands for itself, none in a change set. */
export function batchOf(parts: readonly BatchPart[]): { readonly contentType: string; readonly text: string } {
  const boundary = `batch_${randomUUID()}`;
  const texts = parts.map(({ method, url, headers, body }) => {
    const all = { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json; type=entry' }) };
    return [
      `--${boundary}`,
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      `${method} ${url} HTTP/1.1`,
      ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
      '',
      body === undefined ? '' : JSON.stringify(body),
      '',
    ].join(line);
  });
  return { contentType: `multipart/mixed; boundary=${boundary}`, text: `${texts.join('')}--${boundary}--${line}` };
}

/** The answers of a batch in the order of its requests; fewer where the server stopped. */
export function readBatch(contentType: string, text: string): readonly BatchAnswer[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1] ?? /^--(\S+)/.exec(text.trimStart())?.[1];
  if (boundary === undefined) return [];
  return `${line}${text}`
    .split(`${line}--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith('--'))
    .map(answerOf);
}

/** Behind the part's own headers stands a whole HTTP answer. */
function answerOf(part: string): BatchAnswer {
  const at = part.indexOf('HTTP/1.');
  const [head = '', ...rest] = part.slice(Math.max(0, at)).split(`${line}${line}`);
  const [first = '', ...lines] = head.split(line);
  const headers = lines.map((one) => {
    const colon = one.indexOf(':');
    return [one.slice(0, colon).trim().toLowerCase(), one.slice(colon + 1).trim()] as const;
  });
  const body = rest.join(`${line}${line}`).trim();
  return {
    status: Number(/^HTTP\/\S+ (\d{3})/.exec(first)?.[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: body === '' ? undefined : jsonOr(body),
  };
}

function jsonOr(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return text;
  }
}
