/** Values of RFC parameters: texts, numbers, bytes, structures, tables. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What the child is asked. Each has an answer with its id. */
export type Request =
  | { readonly kind: 'open'; readonly connection: Parameters; readonly sessions: number }
  | { readonly kind: 'acquire' }
  | {
      readonly kind: 'call';
      readonly session: number;
      readonly name: string;
      readonly parameters: Parameters;
      readonly timeoutSeconds: number;
    }
  /** Back to the pool; broken: closed, because nobody knows what it still holds. */
  | { readonly kind: 'release'; readonly session: number; readonly isBroken: boolean }
  | {
      readonly kind: 'serve';
      readonly server: Parameters;
      readonly client: Parameters;
      readonly functions: readonly string[];
    };

/** What SAP called here: one function by a synchronous call, or all of a unit (bgRFC) at its commit. */
export interface Called {
  /** The unit's id; absent for a synchronous call, which has none. */
  readonly unit?: string;
  readonly calls: readonly { readonly name: string; readonly parameters: Parameters }[];
}

/** An error of node-rfc as it goes over to the parent; see `failure.ts`. */
export interface RfcError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** `RFC_COMMUNICATION_FAILURE`, or an ABAP exception's name. */
  readonly key?: string;
  /** 1 ABAP application, 2 ABAP runtime, 3 logon, 4 communication, 5 and above external. */
  readonly group?: number;
}

/** What goes to the child: what it is asked, and the answers to what SAP called. */
export type ToChild =
  | { readonly kind: 'ask'; readonly id: number; readonly request: Request }
  | { readonly kind: 'kept'; readonly id: number; readonly isKept: boolean };

/** What comes from it. */
export type FromChild =
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: RfcError }
  | { readonly kind: 'called'; readonly id: number; readonly called: Called };
