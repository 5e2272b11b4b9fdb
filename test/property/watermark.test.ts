import fc from 'fast-check';
import { Watermark } from '../../connectors/kit/watermark';

/** The highest position before which, itself included, all are settled: by counting. */
const prefixOf = (settled: ReadonlySet<number>): number | undefined => {
  let position = 0;
  while (settled.has(position)) position++;
  return position === 0 ? undefined : position - 1;
};

describe('the watermark', () => {
  it('is the contiguous prefix, in whatever order deliveries settle while others arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50)), { maxLength: 300 }), (steps) => {
        const watermark = new Watermark<number>();
        const settles: (() => void)[] = [];
        const settled = new Set<number>();
        for (const index of steps) {
          const position = index === null ? -1 : index % Math.max(1, settles.length);
          if (position < 0 || settles.length === 0) settles.push(watermark.add(settles.length));
          else {
            settles[position]!();
            settled.add(position);
          }
          const prefix = prefixOf(settled);
          expect(watermark.reached).toBe(prefix);
          expect(watermark.pending).toBe(settles.length - (prefix === undefined ? 0 : prefix + 1));
        }
      }),
      { numRuns: 500 },
    );
  });
});
