import { readFileSync } from 'node:fs';
import { SettingsError } from './settings-error';

/** Keys of AES-256 by their names; the first one encrypts, each of them decrypts. */
export type PayloadKeys = ReadonlyMap<string, Buffer>;

const variable = 'SIGNALBOX_PAYLOAD_KEYS';
const form = 'a line is NAME KEY, the key being 32 bytes in base64: echo "2026-12 $(openssl rand -base64 32)"';

/**
 * Reads a file of keys: a line for each, `NAME KEY`; empty lines and lines from `#` on are skipped.
 * @throws SettingsError with file and line, never with a key
 */
export function payloadKeysAt(file: string): PayloadKeys {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new SettingsError(`the file ${file} cannot be read (${code})`, variable, `make it; ${form}`);
  }
  const keys = new Map<string, Buffer>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [name, key] = keyIn(line, `${file}:${index + 1}`);
    if (keys.has(name))
      throw new SettingsError(`the name ${name} is taken`, `${file}:${index + 1}`, 'name each key once');
    keys.set(name, key);
  }
  if (keys.size === 0) throw new SettingsError('there is no key in it', file, form);
  return keys;
}

function keyIn(line: string, where: string): [string, Buffer] {
  const [, name = '', text = ''] = /^\s*([\w.-]+)\s+([A-Za-z0-9+/]{43}=)\s*$/.exec(line) ?? [];
  if (name === '') throw new SettingsError('this is no key', where, form);
  return [name, Buffer.from(text, 'base64')];
}
