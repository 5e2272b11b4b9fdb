/** One thing that is wrong in a tenant's file. */
export interface Fault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Where in the document, e.g. `useCases.lead-scoring.bands.hot`. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly fix: string;
}

/** `file:line:column: path: message`, and the fix on a line of its own. */
export const faultText = ({ file, line, column, path, message, fix }: Fault): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}\n  fix: ${fix}`;

/** A tenant's file that cannot be used, with everything that is wrong with it. */
export class TenantFaults extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(faultText).join('\n'));
    this.name = 'TenantFaults';
  }
}
