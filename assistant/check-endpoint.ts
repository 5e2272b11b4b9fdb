import { cappedFetch } from './capped-fetch';
import type { Endpoint } from './endpoint';

/** What was found of an endpoint, for a person. */
export type EndpointFinding =
  | { readonly level: 'ok'; readonly what: string; readonly why?: string; readonly fix?: string }
  | { readonly level: 'warning' | 'error'; readonly what: string; readonly why: string; readonly fix: string };

const fixOf = (status: number): string => {
  if (status === 401 || status === 403) return 'correct assistant.apiKey: it refers to a key that the endpoint refuses';
  if (status === 404)
    return 'correct assistant.baseUrl: it ends where /models and /chat/completions begin, often in /v1';
  return 'see the log of the endpoint';
};

/** Whether an endpoint answers and knows the model. Nothing of a record is sent. */
export async function checkEndpoint(
  { baseUrl, model, apiKey, timeoutMs }: Endpoint,
  signal: AbortSignal,
): Promise<EndpointFinding> {
  const what = `assistant ${model} at ${new URL(baseUrl).host}`;
  const headers = { ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) };
  try {
    const asked = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
    const response = await cappedFetch(`${baseUrl.replace(/\/+$/, '')}/models`, { headers, signal: asked });
    if (!response.ok) {
      return { level: 'error', what, why: `it answered ${response.status}`, fix: fixOf(response.status) };
    }
    const known = modelsIn(await response.json());
    if (known.includes(model)) return { level: 'ok', what };
    const some = known.slice(0, 5).join(', ') || 'none';
    return { level: 'error', what, why: `it knows no such model; it has ${some}`, fix: 'correct assistant.model' };
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? `no answer in ${timeoutMs} ms` : 'no answer';
    return { level: 'error', what, why, fix: 'start the endpoint, or correct assistant.baseUrl' };
  }
}

const modelsIn = (answer: unknown): readonly string[] => {
  const { data } = (answer ?? {}) as { readonly data?: unknown };
  const ids = (Array.isArray(data) ? data : []).map((one: unknown) => (one as { readonly id?: unknown } | null)?.id);
  return ids.filter((id) => typeof id === 'string');
};
