import { Unmappable } from '../contract';

/** Why something that SAP sent, or a person has in a file, cannot be a canonical event. */
export function refuse(code: string, why: string): Unmappable {
  return new Unmappable(code, `cannot normalise: ${why}`);
}
