/** Bytes of an answer, at most: a draft has some thousand. */
const mostBytes = 256 * 1024;

/** An endpoint that sends more than a draft can be. */
export class AnswerTooLarge extends Error {}

/** The platform's `fetch` for an endpoint that is not trusted: it follows no redirect, which would carry the prompt elsewhere, and reads so much and no more. */
export const cappedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    if (bytes > mostBytes) {
      await reader.cancel();
      throw new AnswerTooLarge(`more than ${mostBytes} bytes`);
    }
    chunks.push(part.value);
  }
  const { status, statusText, headers } = response;
  return new Response(Buffer.concat(chunks), { status, statusText, headers });
};
