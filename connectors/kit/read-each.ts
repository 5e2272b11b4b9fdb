import { Unmappable } from '../contract';

/** Stands for a payload that could not be read, where others of its file could. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly code: string;
  readonly message: string;
}

/**
 * Reads the items of a file. Of several, one that cannot be read becomes what `instead` makes of it; a single one throws
 * Unmappable, naming what it is.
 */
export function readEach<N>(items: readonly (() => N)[], instead: (unreadable: Unreadable) => N): readonly N[] {
  if (items.length === 1) return items.map((item) => item());
  return items.map((item) => {
    try {
      return item();
    } catch (error) {
      if (!(error instanceof Unmappable)) throw error;
      return instead({ kind: 'unreadable', code: error.code, message: error.message });
    }
  });
}
