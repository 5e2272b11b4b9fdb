import { Watermark } from './watermark';

describe('Watermark', () => {
  it('reaches nothing before the first delivery is settled', () => {
    const watermark = new Watermark<number>();
    const settle = [1, 2, 3].map((position) => watermark.add(position));
    settle[2]!();
    settle[1]!();
    expect(watermark.reached).toBeUndefined();
    settle[0]!();
    expect(watermark.reached).toBe(3);
    expect(watermark.pending).toBe(0);
  });

  it('stops before the first unsettled delivery', () => {
    const watermark = new Watermark<number>();
    const settle = [1, 2, 3, 4].map((position) => watermark.add(position));
    for (const index of [0, 1, 3]) settle[index]!();
    expect(watermark.reached).toBe(2);
    expect(watermark.pending).toBe(2);
  });

  it('takes a second settling of one delivery for nothing', () => {
    const watermark = new Watermark<number>();
    const first = watermark.add(1);
    watermark.add(2);
    first();
    first();
    expect(watermark.reached).toBe(1);
  });

  it('forgets what is settled, and stays right while it does', () => {
    const watermark = new Watermark<number>();
    let oldest = watermark.add(0);
    for (let position = 1; position < 10_000; position++) {
      const next = watermark.add(position);
      oldest();
      expect(watermark.reached).toBe(position - 1);
      oldest = next;
    }
    expect(watermark.pending).toBe(1);
  });
});
