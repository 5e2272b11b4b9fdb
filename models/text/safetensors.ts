/** Reads the safetensors format: a length, a JSON header, then the tensors, little-endian and one after the other. */
export interface Tensors {
  /** A float32 tensor as numbers, row after row. */
  floats(name: string): Float32Array;
  /** An int8 tensor. */
  bytes(name: string): Int8Array;
  /** A tensor of UTF-8 bytes, cut at its line ends; none where it is empty. */
  lines(name: string): readonly string[];
}

type Header = Readonly<Record<string, { readonly dtype: string; readonly data_offsets: readonly [number, number] }>>;

const HEADER_AT = 8;

/** @throws Error when the file is no safetensors file, or when a tensor that is asked for is not in it */
export function readSafetensors(file: Buffer): Tensors {
  const start = HEADER_AT + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', HEADER_AT, start)) as Header;
  const slice = (name: string, dtype: string): ArrayBuffer => {
    const entry = Object.hasOwn(header, name) ? header[name] : undefined;
    if (entry?.dtype !== dtype) throw new Error(`no tensor ${name} of ${dtype}`);
    // A copy: a tensor may begin at any byte, an array of floats may not.
    const [from, to] = entry.data_offsets;
    return new Uint8Array(file.subarray(start + from, start + to)).buffer;
  };
  return {
    floats: (name) => new Float32Array(slice(name, 'F32')),
    bytes: (name) => new Int8Array(slice(name, 'I8')),
    lines: (name) => {
      const text = Buffer.from(slice(name, 'U8')).toString('utf8');
      return text === '' ? [] : text.split('\n');
    },
  };
}
