import { createHash } from 'node:crypto';

/** The arm that was taken, and how likely it was to be. */
export interface Choice {
  /** Place of the arm. */
  readonly arm: number;
  /** Probability with which this arm was taken, given what the model recommends: above 0 and at most 1. */
  readonly propensity: number;
}

/** Bytes of the hash that make one number: 48 bits, which a double holds exactly. */
const BYTES = 6;

/**
 * Takes the recommended arm, or with probability `share` one drawn by lot among all, the recommended one included. The lot is
 * drawn by the decision's id alone: a decision that is made again takes the same arm.
 * @param share 0 to 1
 */
export function explored(recommended: number, arms: number, share: number, decision: string): Choice {
  const hash = createHash('sha256').update(decision).digest();
  const arm = fraction(hash, 0) < share ? Math.floor(fraction(hash, BYTES) * arms) : recommended;
  const byLot = share / arms;
  return { arm, propensity: arm === recommended ? 1 - share + byLot : byLot };
}

/** A number from 0 to below 1. */
function fraction(hash: Buffer, offset: number): number {
  return hash.readUIntBE(offset, BYTES) / 2 ** (8 * BYTES);
}
