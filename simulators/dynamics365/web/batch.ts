import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Refusal } from '../org/refusal';
import type { Answer } from './call';
import { boundaryOf, readRequest, splitParts, type InnerRequest, type Part } from './multipart';

/** Most requests in a batch. */
const MAX_REQUESTS = 1000;

/** Runs requests: alone, or several as one transaction. Rejects with a Refusal where one is refused. */
export interface BatchRunner {
  readonly alone: (request: InnerRequest) => Promise<Answer>;
  /** The requests are made one after the other, as those before them are answered. */
  readonly together: (requests: readonly ((done: readonly Answer[]) => InnerRequest)[]) => Promise<readonly Answer[]>;
}

const headerNames: Readonly<Record<string, string>> = {
  location: 'Location',
  'odata-entityid': 'OData-EntityId',
  etag: 'ETag',
  'preference-applied': 'Preference-Applied',
  'retry-after': 'Retry-After',
};

const jsonType = 'application/json; odata.metadata=minimal';

const writeAnswer = ({ status, body, headers = {} }: Answer, contentId?: string): string => {
  const isError = status >= 400;
  const type = isError ? jsonType : `${jsonType}; odata.streaming=true`;
  const lines = [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`]),
    '',
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...(isError ? [`REQ_ID: ${randomUUID()}`] : []),
    ...(body === undefined ? [] : [`Content-Type: ${type}`]),
    'OData-Version: 4.0',
    ...Object.entries(headers).flatMap(([name, value]) => {
      const written = headerNames[name];
      return written === undefined ? [] : [`${written}: ${value}`];
    }),
    '',
    body === undefined ? '' : JSON.stringify(body),
  ];
  return lines.join('\r\n');
};

const asAnswer = (error: unknown): Answer => {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
  throw error;
};

/** Puts the URLs of rows made before in place of `$1`. @throws Refusal where nothing was made under that id */
const resolve = (request: InnerRequest, made: ReadonlyMap<string, string>): InnerRequest => {
  const urlOf = (id: string): string => {
    const url = made.get(id);
    if (url !== undefined) return url;
    throw new Refusal(400, '0x80060888', `Content-ID Reference: '$${id}' does not exist in the batch context.`);
  };
  const url = request.url.replace(/^\/?\$(\w+)/, (whole, id: string) => (id === 'batch' ? whole : urlOf(id)));
  const content = request.content.replace(/"\$(\w+)"/g, (_, id: string) => JSON.stringify(urlOf(id)));
  return { ...request, url, content };
};

const changeSet = async (part: Part, boundary: string, runner: BatchRunner): Promise<string> => {
  // What stands before the set's end boundary is part of the outer part's content.
  const parts = splitParts(part.content, boundary);
  const requests = parts.map((inner) => ({ request: readRequest(inner), id: inner.headers['content-id'] }));
  if (requests.some(({ request }) => request.method === 'GET')) {
    throw new Refusal(400, '0x80060888', 'A GET request is not allowed in a change set.');
  }
  const makers = requests.map(({ request }) => (done: readonly Answer[]) => {
    const made = new Map<string, string>();
    for (const [index, { headers }] of done.entries()) {
      const id = requests[index]?.id;
      const url = headers?.['odata-entityid'];
      if (id !== undefined && url !== undefined) made.set(id, url);
    }
    return resolve(request, made);
  });
  const answers = await runner.together(makers);
  const mark = `changesetresponse_${randomUUID()}`;
  const written = answers.map((answer, index) => `--${mark}\r\n${writeAnswer(answer, requests[index]?.id)}\r\n`);
  return [`Content-Type: multipart/mixed; boundary=${mark}`, '', `${written.join('')}--${mark}--`].join('\r\n');
};

const runPart = async (
  part: Part,
  runner: BatchRunner,
): Promise<{ readonly text: string; readonly failed?: number }> => {
  try {
    const boundary = boundaryOf(part.headers['content-type']);
    if (boundary !== undefined) return { text: await changeSet(part, boundary, runner) };
    return { text: writeAnswer(await runner.alone(readRequest(part))) };
  } catch (error) {
    const answer = asAnswer(error);
    return { text: writeAnswer(answer), failed: answer.status };
  }
};

const countRequests = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => {
    const boundary = boundaryOf(part.headers['content-type']);
    return sum + (boundary === undefined ? 1 : splitParts(part.content, boundary).length);
  }, 0);

/** Answers `POST $batch`: its parts one after the other, up to the first that fails, or all where the caller prefers so. */
export const runBatch = async (
  contentType: string | undefined,
  body: string,
  preferences: ReadonlyMap<string, string>,
  runner: BatchRunner,
): Promise<{ readonly status: number; readonly contentType: string; readonly body: string }> => {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) {
    throw new Refusal(415, '0x80060888', `A batch needs the content type multipart/mixed, not '${contentType ?? ''}'.`);
  }
  const parts = splitParts(body, boundary);
  if (countRequests(parts) > MAX_REQUESTS) {
    throw new Refusal(400, '0x80060888', `A batch can have up to ${MAX_REQUESTS} requests.`);
  }
  const mark = `batchresponse_${randomUUID()}`;
  let text = '';
  let status = 200;
  for (const part of parts) {
    const answer = await runPart(part, runner);
    text += `--${mark}\r\n${answer.text}\r\n`;
    if (answer.failed === undefined || preferences.has('odata.continue-on-error')) continue;
    status = answer.failed;
    break;
  }
  return { status, contentType: `multipart/mixed; boundary=${mark}`, body: `${text}--${mark}--\r\n` };
};
