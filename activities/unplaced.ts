import type { Position } from '../connectors/contract';

/** What is saved before a stream without history, or one that lost its position, has told its first one. */
export const unplaced: Position = { v: 0 };
