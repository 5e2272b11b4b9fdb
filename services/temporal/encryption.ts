import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { PayloadKeys } from './payload-keys';

const algorithm = 'aes-256-gcm';
/** Of an encrypted payload; the names that Temporal's own examples use, so that its tools know it for encrypted. */
const encoding = 'binary/encrypted';
const keyField = 'encryption-key-id';
const lengths = { iv: 12, tag: 16 } as const;

/** Payloads as AES-256-GCM: initialisation vector, ciphertext of the whole payload, tag. */
export class Encryption implements PayloadCodec {
  private readonly current: { readonly name: string; readonly key: Buffer };

  constructor(private readonly keys: PayloadKeys) {
    const [first] = keys;
    if (first === undefined) throw new Error('there is no key to encrypt with');
    this.current = { name: first[0], key: first[1] };
  }

  // The interface asks for promises; the work itself takes microseconds.
  // eslint-disable-next-line @typescript-eslint/require-await
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypted(payload));
  }

  /** What is not encrypted passes: it was written before there was a key. Throws where the key is not known. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (told(payload, 'encoding') === encoding ? this.decrypted(payload) : payload));
  }

  private encrypted(payload: Payload): Payload {
    const { name, key } = this.current;
    const iv = randomBytes(lengths.iv);
    const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(name));
    const plain = temporal.api.common.v1.Payload.encode(payload).finish();
    const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding: Buffer.from(encoding), [keyField]: Buffer.from(name) }, data };
  }

  private decrypted(payload: Payload): Payload {
    const name = told(payload, keyField);
    const key = this.keys.get(name);
    if (key === undefined) {
      throw new Error(`a payload of Temporal is encrypted with the key "${name}", which SIGNALBOX_PAYLOAD_KEYS lacks`);
    }
    const data = payload.data ?? new Uint8Array();
    const end = data.length - lengths.tag;
    const decipher = createDecipheriv(algorithm, key, data.subarray(0, lengths.iv))
      .setAAD(Buffer.from(name))
      .setAuthTag(data.subarray(end));
    const plain = Buffer.concat([decipher.update(data.subarray(lengths.iv, end)), decipher.final()]);
    return temporal.api.common.v1.Payload.decode(plain);
  }
}

/** Encrypts payloads, and the messages and stacks of failures, which else lie open beside them. */
export function encrypting(keys: PayloadKeys): DataConverter {
  return { payloadCodecs: [new Encryption(keys)], failureConverterPath: require.resolve('./failures') };
}

function told({ metadata }: Payload, field: string): string {
  return Buffer.from(metadata?.[field] ?? []).toString();
}
