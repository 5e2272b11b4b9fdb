import { Retryable } from '../../contract';
import type { Answer } from './failure';
import type { Request } from './session';

/** Requests of a batch that stand or fall together; a single read stands by itself. Paths are relative to the service. */
export type BatchPart = { readonly read: string } | { readonly changes: readonly Request[] };

const boundary = 'batch_signalbox';

/** The body of a `$batch`, and its content type. */
export function batchBody(parts: readonly BatchPart[]): { readonly contentType: string; readonly body: string } {
  const texts = parts.map((part, index) => {
    if ('read' in part)
      return ['Content-Type: application/http', 'Content-Transfer-Encoding: binary', '', get(part.read)];
    const set = `changeset_${index}`;
    const changes = part.changes.map((change, number) => `--${set}\r\n${inner(change, number + 1)}`);
    return [`Content-Type: multipart/mixed; boundary=${set}`, '', ...changes, `--${set}--`, ''];
  });
  const body = texts.map((lines) => `--${boundary}\r\n${lines.join('\r\n')}\r\n`).join('');
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: `${body}--${boundary}--\r\n` };
}

/** SAP wants two empty lines after a read. */
function get(path: string): string {
  return [`GET ${path} HTTP/1.1`, 'Accept: application/json', '', '', ''].join('\r\n');
}

function inner({ method, path, headers = {}, body = '' }: Request, contentId: number): string {
  const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${contentId}`,
    '',
    `${method} ${path} HTTP/1.1`,
    'Accept: application/json',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...own,
    '',
    body,
  ].join('\r\n');
}

/**
 * The answers to the parts of a batch: one to a read, one to each change of a change set, or one alone to a change set that has
 * failed. Fewer than parts where the service stopped at one that failed, as OData V4 has it, also where V2 is spoken in front of it:
 * the parts behind it were not begun. Throws Retryable for an answer that does not fit the parts: what came of them is unknown.
 */
export function batchAnswers(answer: Answer, count: number): readonly (readonly Answer[])[] {
  const answers = partsOf(answer.body, answer.headers['content-type']).map(answersOf);
  const isStopped = answers.length < count && answers.at(-1)?.some(({ status }) => status >= 400) === true;
  if (answers.length === count || isStopped) return answers;
  throw new Retryable(
    'SBX_SAP_BATCH',
    `a batch of ${count} parts got ${answers.length} answers: whose they are is unknown`,
  );
}

function answersOf(part: string): readonly Answer[] {
  const { headers, rest } = split(part);
  const contentType = headers['content-type'];
  return /^multipart\/mixed/i.test(contentType ?? '')
    ? partsOf(rest, contentType).flatMap(answersOf)
    : [httpAnswer(rest)];
}

function httpAnswer(text: string): Answer {
  const [line = ''] = text.split(/\r?\n/, 1);
  const status = Number(/^HTTP\/\d\.\d\s+(\d{3})/.exec(line)?.[1] ?? Number.NaN);
  if (Number.isNaN(status))
    throw new Retryable('SBX_SAP_BATCH', `a part of a batch's answer has no status: ${line.slice(0, 80)}`);
  const { headers, rest } = split(text.slice(line.length).replace(/^\r?\n/, ''));
  return { status, headers, body: rest.trim() };
}

function partsOf(body: string, contentType: string | undefined): readonly string[] {
  const own = /boundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (own === undefined) return [];
  const name = own.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // One boundary may begin another one's name.
  const pieces = `\r\n${body}`.split(new RegExp(`\\r?\\n--${name}(?=--|[ \\t]*\\r?\\n|\\s*$)`));
  // Before the first boundary is nothing, behind the last one two dashes.
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => piece.replace(/^[^\n]*\n/, ''));
}

function split(text: string): { readonly headers: Readonly<Record<string, string>>; readonly rest: string } {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const pairs = head.split(/\r?\n/).flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return { headers: Object.fromEntries(pairs), rest: end === null ? '' : text.slice(end.index + end[0].length) };
}
