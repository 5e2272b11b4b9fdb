import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ArmedFaults } from '../kit/armed-faults';
import { closeServer, listenOnLoopback, readBody } from '../kit/loopback';
import { stopOnce, type Stopping } from '../kit/stopping';
import { faultyReply, type FaultKind, type FaultRequest, type Reply } from './faults';

/** A request for a completion, as it came. */
export interface Asked {
  /** The whole body. */
  readonly body: string;
  readonly authorization: string | undefined;
  /** What is in the body: all messages, in order. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly responseFormat: unknown;
}

export interface OpenAiOptions {
  /** 0 or left out: any. */
  readonly port?: number;
  readonly models?: readonly string[];
  /** Left out: nobody is asked for one. */
  readonly apiKey?: string;
  /** What the model says; left out: it repeats the task that it was given. */
  readonly reply?: (asked: Asked) => unknown;
}

export interface RunningOpenAi extends Stopping {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  /** What came, oldest first. */
  readonly asked: readonly Asked[];
  /** Requests of any kind that came. */
  readonly requests: () => number;
  /** What the model says from now on; undefined: as at the start. */
  readonly say: (reply?: OpenAiOptions['reply']) => void;
  readonly fault: (kind: FaultKind, request?: FaultRequest) => void;
  readonly clearFaults: () => void;
}

const mostBytes = 4 * 1024 * 1024;

/** Starts an endpoint that speaks the chat completions API on loopback. */
export async function startOpenAi(options: OpenAiOptions = {}): Promise<RunningOpenAi> {
  const { models = ['local-model'], apiKey, reply = repeated } = options;
  const faults = new ArmedFaults<FaultKind, FaultRequest>();
  const asked: Asked[] = [];
  let says = reply;
  let requests = 0;
  const complete = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await readBody(request, mostBytes))?.toString('utf8');
    if (body === undefined) {
      send(response, 413, failure('the request is too large'));
      return;
    }
    const one = askedIn(body, request.headers.authorization);
    asked.push(one);
    if (failed(faults, response)) return;
    const strike = (['invalidJson', 'wrongSchema', 'huge', 'cutOff', 'filtered'] as const).find((kind) =>
      faults.take(kind),
    );
    send(response, 200, completion(one, (strike && faultyReply(strike)) ?? { text: textOf(says(one)) }));
  };
  const server = createServer((request, response) => {
    requests += 1;
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
      send(response, 401, failure('the API key is not valid'));
    } else if (request.method === 'GET' && request.url === '/v1/models') {
      send(response, 200, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    } else if (request.method === 'POST' && request.url === '/v1/chat/completions') {
      void complete(request, response);
    } else send(response, 404, failure(`there is no ${request.url ?? ''}`));
  });
  const origin = await listenOnLoopback(server, options.port ?? 0);
  return {
    ...stopOnce(() => closeServer(server)),
    baseUrl: `${origin}/v1`,
    asked,
    requests: () => requests,
    say: (next = reply) => {
      says = next;
    },
    fault: (kind, request = {}) => {
      faults.arm(kind, request);
    },
    clearFaults: () => {
      faults.clear();
    },
  };
}

/** Faults of the transport; true where one has answered or will never do. */
function failed(faults: ArmedFaults<FaultKind, FaultRequest>, response: ServerResponse): boolean {
  if (faults.take('silence')) return true;
  const tooMany = faults.take('tooManyRequests');
  if (tooMany) {
    response.setHeader('retry-after', String(tooMany.retryAfter ?? 1));
    send(response, 429, failure('too many requests'));
  } else if (faults.take('serverError')) send(response, 500, failure('an internal error'));
  else if (faults.take('notACompletion')) send(response, 200, { hello: 'world' });
  else if (faults.take('redirect')) {
    response.writeHead(307, { location: '/v1/elsewhere' }).end();
  } else return false;
  return true;
}

function askedIn(body: string, authorization: string | undefined): Asked {
  const { messages, response_format: responseFormat } = JSON.parse(body) as {
    readonly messages: Asked['messages'];
    readonly response_format?: unknown;
  };
  return { body, authorization, messages, responseFormat };
}

function completion({ body }: Asked, { text, finish = 'stop' }: Reply): object {
  const { model } = JSON.parse(body) as { readonly model: string };
  // About four letters are a token.
  const [input, output] = [Math.ceil(body.length / 4), Math.ceil(text.length / 4)];
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  };
}

/** The JSON between the marks of a prompt. */
export function dataIn({ messages }: Asked): Readonly<Record<string, unknown>> {
  const content = messages.at(-1)?.content ?? '';
  const [, data = '{}'] = /<data>\n([\s\S]*?)\n<\/data>/.exec(content) ?? [];
  return JSON.parse(data) as Readonly<Record<string, unknown>>;
}

/** A model that does as it is told and adds nothing. */
function repeated(asked: Asked): unknown {
  const { task } = dataIn(asked) as { readonly task?: { readonly subject?: string; readonly description?: string } };
  return {
    subject: task?.subject ?? 'Look at the record',
    description: `Drafted. ${task?.description ?? ''}`,
    proposal: 'none',
    because: 'Nothing else is called for.',
  };
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : JSON.stringify(said);
}

function failure(message: string): object {
  return { error: { message, type: 'error', param: null, code: null } };
}

function send(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
