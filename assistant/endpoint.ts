import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, jsonSchema, NoObjectGeneratedError, Output, RetryError } from 'ai';
import { draftSchema, draftValidator, type WrittenDraft } from './answer';
import { cappedFetch, AnswerTooLarge } from './capped-fetch';
import { DraftFault, type Usage } from './draft-fault';
import type { Option, Prompt } from './prompt';

/** Where an assistant is, and what may be asked of it. */
export interface Endpoint {
  /** Of an OpenAI-compatible API, up to `/v1` or the like. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** Milliseconds for a draft, retries included. */
  readonly timeoutMs: number;
  /** Tokens of an answer, at most. */
  readonly maxTokens: number;
  /** Whether the endpoint takes a JSON Schema for its answer, or only that it be JSON. */
  readonly responseFormat: 'json_schema' | 'json_object';
}

/** Tries after the first: of what the endpoint says may pass (429, 5xx), after its own delay where it tells one. */
const retries = 2;

// The SDK writes warnings to the console, where no log of ours would have them.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** Asks for a draft. Throws DraftFault, within `timeoutMs`. */
export async function askForDraft(
  endpoint: Endpoint,
  prompt: Prompt,
  options: readonly Option[],
  signal: AbortSignal,
): Promise<{ readonly written: WrittenDraft; readonly usage: Usage }> {
  const keys = options.map(({ key }) => key);
  const isDraft = draftValidator(keys);
  const validate = (value: unknown) =>
    isDraft(value)
      ? ({ success: true, value } as const)
      : ({
          success: false,
          error: new Error(`${isDraft.errors?.[0]?.instancePath ?? ''} is not as asked for`),
        } as const);
  const { baseUrl: baseURL, apiKey, responseFormat } = endpoint;
  const provider = createOpenAICompatible({
    name: 'assistant',
    baseURL,
    fetch: cappedFetch,
    supportsStructuredOutputs: responseFormat === 'json_schema',
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const deadline = AbortSignal.timeout(endpoint.timeoutMs);
  try {
    const answer = await generateText({
      model: provider(endpoint.model),
      system: prompt.system,
      prompt: prompt.user,
      output: Output.object({ name: 'draft', schema: jsonSchema<WrittenDraft>(draftSchema(keys), { validate }) }),
      maxOutputTokens: endpoint.maxTokens,
      temperature: 0,
      maxRetries: retries,
      abortSignal: AbortSignal.any([deadline, signal]),
    });
    const usage = usageOf(answer.totalUsage);
    if (answer.finishReason !== 'stop') throw endedEarly(answer.finishReason, usage);
    return { written: answer.output, usage };
  } catch (error) {
    if (error instanceof DraftFault) throw error;
    if (signal.aborted) throw new DraftFault('SBX_ASSISTANT_STOPPED', 'the process stopped while the draft was made');
    if (deadline.aborted) {
      throw new DraftFault('SBX_ASSISTANT_TIMEOUT', `no draft within ${endpoint.timeoutMs} ms${afterText(error)}`);
    }
    throw faultOf(error);
  }
}

const usageOf = (usage: {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}): Usage => ({
  input: usage.inputTokens ?? 0,
  output: usage.outputTokens ?? 0,
});

function endedEarly(reason: string, usage: Usage): DraftFault {
  if (reason === 'length') {
    return new DraftFault('SBX_ASSISTANT_LENGTH', 'the answer was cut off at maxTokens', usage);
  }
  return new DraftFault('SBX_ASSISTANT_REFUSED', `the endpoint ended the answer: ${reason}`, usage);
}

function afterText(error: unknown): string {
  return RetryError.isInstance(error) ? `, after ${error.errors.length} tries` : '';
}

/** What an endpoint says in an error may quote the prompt, so only its status is told. */
function faultOf(error: unknown): DraftFault {
  if (RetryError.isInstance(error)) {
    const { code, message } = faultOf(error.lastError);
    return new DraftFault(code, `${message}, after ${error.errors.length} tries`);
  }
  if (NoObjectGeneratedError.isInstance(error)) return noDraft(error);
  if (causes(error).some((cause) => cause instanceof AnswerTooLarge)) {
    return new DraftFault('SBX_ASSISTANT_LENGTH', 'the answer is too large to be a draft');
  }
  const status = APICallError.isInstance(error) ? error.statusCode : undefined;
  if (status === undefined) return new DraftFault('SBX_ASSISTANT_UNREACHABLE', 'the endpoint gave no answer');
  if (status < 300) return new DraftFault('SBX_ASSISTANT_JSON', 'the endpoint answered without a completion');
  return new DraftFault('SBX_ASSISTANT_HTTP', `the endpoint answered ${status}`);
}

function noDraft({ usage, finishReason, message }: NoObjectGeneratedError): DraftFault {
  const spent = usageOf(usage ?? {});
  if (finishReason === 'length' || finishReason === 'content-filter') return endedEarly(finishReason, spent);
  return message.includes('did not match')
    ? new DraftFault('SBX_ASSISTANT_SCHEMA', 'the answer is JSON and not the draft that was asked for', spent)
    : new DraftFault('SBX_ASSISTANT_JSON', 'the answer is not JSON', spent);
}

function causes(error: unknown): readonly unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
