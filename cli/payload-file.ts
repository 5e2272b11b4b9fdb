import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isHttpCapture } from '../connectors/kit/http-capture';
import { decodeText } from '../connectors/kit/text-decoding';
import { parseLossless } from '../connectors/kit/lossless-json';
import { scanJson } from './json-scan';
import { CliError, type Terminal } from './terminal';

/** What a file says: its payload, and which of its lines say nothing. */
interface PayloadFile {
  /** A JSON value, an array where there are several, or the text itself where it is no JSON. */
  readonly payload: unknown;
  readonly faults: readonly CliError[];
}

/** An unpacked file is at most this long, so that a small one cannot fill the memory. */
const mostBytes = 256 * 1024 * 1024;

/**
 * The payloads of a file, or of standard input (`-`): a JSON document, several after another, one to a line, or one behind the
 * words of a log on each line. Text that is no JSON (XML, base64, an HTTP message) is the connector's to read. Plain or gzip;
 * UTF-8, UTF-16, or what an XML declaration names. Throws CliError for what cannot be read at all.
 */
export const readPayloads = async (file: string, terminal: Terminal): Promise<PayloadFile> =>
  payloadsOf(file, textOf(file, unpacked(file, await bytesOf(file, terminal))));

const bytesOf = async (file: string, terminal: Terminal): Promise<Uint8Array> => {
  try {
    return file === '-' ? await terminal.readInput() : readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const fix = 'give a file of native payloads, or - for standard input';
    throw new CliError(`the file cannot be read: ${code}`, file, fix);
  }
};

const unpacked = (file: string, bytes: Uint8Array): Uint8Array => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const fix = `give the whole gzip file, at most ${mostBytes / 1024 / 1024} MiB unpacked, or what is in it`;
    throw new CliError(`the file cannot be unpacked: ${(error as Error).message}`, file, fix);
  }
};

/** By the byte order mark, or the zero beside the first character. */
const utf16: readonly (readonly [encoding: string, start: RegExp])[] = [
  ['utf-16le', /^(?:\xff\xfe|[^\0]\0)/],
  ['utf-16be', /^(?:\xfe\xff|\0[^\0])/],
];

/** UTF-16, what an XML declaration names, else UTF-8. */
const encodingOf = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const wide = utf16.find(([, pattern]) => pattern.test(start));
  return wide?.[0] ?? /^\s*<\?xml[^>]*encoding=["']([\w.:-]+)/.exec(start)?.[1] ?? 'utf-8';
};

/** How .NET's binary XML of a text begins. */
const serialisedString = Buffer.from('@\u0006string\b');

const textOf = (file: string, bytes: Uint8Array): string => {
  const encoding = encodingOf(bytes);
  try {
    return decodeText(bytes, encoding);
  } catch {
    // A text that .NET serialised: its connector opens it.
    if (Buffer.from(bytes.subarray(0, serialisedString.length)).equals(serialisedString)) {
      return Buffer.from(bytes).toString('base64');
    }
    const fix =
      'save it as UTF-8, or let its XML declaration say what it is written in; where it is .NET’s binary XML, set the message format of the service endpoint to JSON';
    throw new CliError(`this is no text in ${encoding.toUpperCase()}`, file, fix);
  }
};

const payloadsOf = (file: string, text: string): PayloadFile => {
  try {
    return { payload: parseLossless(text), faults: [] };
  } catch (error) {
    const several = linesOf(file, text) ?? documentsOf(text);
    if (several !== undefined) return several;
    // Not meant as JSON (base64, XML, prose): the connector knows what it is, or what it lacks.
    if (/^[^\s[{"]/.test(text.trim())) return { payload: text.trim(), faults: [] };
    const message = (error as Error).message.replace(/\s+/g, ' ');
    const isPython = /^\s*[[{]+\s*'/.test(text);
    const fix = isPython
      ? 'this looks like what Python prints of a dict: write it with json.dumps'
      : 'give one native payload, an array of them, or one to a line';
    throw new CliError(`this is not JSON: ${message}`, `${file}${placeOf(text, message)}`, fix);
  }
};

/** V8 tells an index; people look for a line. */
const placeOf = (text: string, message: string): string => {
  const index = /position (\d+)/.exec(message)?.[1];
  if (index === undefined) return '';
  const lines = text.slice(0, Number(index)).split('\n');
  return `:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
};

/** Documents one to a line; a line that is none does not take the others with it. */
const linesOf = (file: string, text: string): PayloadFile | undefined => {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const told = lines.filter(({ line }) => line.trim() !== '');
  if (told.length < 2 || !isDocument(told[0]?.line ?? '')) return undefined;
  const faults: CliError[] = [];
  const payload = told.flatMap(({ line, number }): unknown[] => {
    try {
      return [parseLossless(line)];
    } catch (error) {
      const message = (error as Error).message.replace(/\s+/g, ' ');
      const fix = 'mend this line, or take it out';
      faults.push(new CliError(`this is not JSON: ${message}`, `${file}:${number}`, fix));
      return [];
    }
  });
  return { payload, faults };
};

const isDocument = (line: string): boolean => {
  try {
    const value = parseLossless(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
};

/** Documents one after another, or each behind the words of a log; undefined where that is not all there is. */
const documentsOf = (text: string): PayloadFile | undefined => {
  if (/^\s*</.test(text) || isHttpCapture(text)) return undefined;
  const found = scanJson(text);
  if (found === undefined) return undefined;
  return { payload: found.length === 1 ? found[0] : found, faults: [] };
};
