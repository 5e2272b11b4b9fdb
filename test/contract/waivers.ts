import type { ClauseId } from './clauses';

/** A clause that a connector does not keep, and why that is so and not otherwise. */
export interface Waiver {
  readonly connector: string;
  readonly clause: ClauseId;
  readonly reason: string;
}

export const waivers: readonly Waiver[] = [];
