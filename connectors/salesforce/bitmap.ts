import type { EventSchema } from './event-schema';

/** An element of a field list is a bitmap (`0x…`), a bitmap inside top-level field P (`P-0x…`), or a name already. */
const element = /^(?:(\d+)-)?0x([0-9a-fA-F]*)$/;

/** Whether a field list came as bitmaps, which only the event's own schema can read. */
export function isBitmap(text: string): boolean {
  return element.test(text);
}

/**
 * Field names behind `changedFields`, `nulledFields` or `diffFields`; `BillingAddress.Street` for a part of a compound.
 * Throws RangeError for a bit that the schema does not have: the schema is then not the event's own.
 */
export function decodeBitmaps(elements: readonly string[], schema: EventSchema): string[] {
  return elements.flatMap((text) => {
    const match = element.exec(text);
    if (match === null) return [text];
    const [, parent, hex] = match;
    const names = parent === undefined ? schema.fields : (schema.parts[Number(parent)] ?? []);
    const prefix = parent === undefined ? '' : `${schema.fields[Number(parent)] ?? parent}.`;
    return setBits(hex ?? '').map((bit) => {
      const name = names[bit];
      if (name === undefined)
        throw new RangeError(`bitmap ${text} names field ${bit}, schema ${schema.id} has no such`);
      return prefix + name;
    });
  });
}

/** Positions of the set bits, LSB first. Bitmaps pass 64 bits. */
function setBits(hex: string): number[] {
  const bits: number[] = [];
  let rest = BigInt(`0x${hex === '' ? '0' : hex}`);
  for (let bit = 0; rest > 0n; bit++, rest >>= 1n) if ((rest & 1n) === 1n) bits.push(bit);
  return bits;
}
