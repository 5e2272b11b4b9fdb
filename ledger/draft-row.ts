import type { RecordOf } from '../canonical-schema/identity';

/** The texts of a draft, with what was masked put back. */
export interface DraftContent {
  readonly subject: string;
  readonly description: string;
  /** Why it proposes what it does, or nothing. */
  readonly because: string;
  /** Links and contact details of its own that were taken out. */
  readonly takenOut: number;
}

/** A person's answer to what an assistant proposed. */
export interface DraftAnswer {
  readonly by: string;
  readonly verdict: 'approve' | 'refuse';
  readonly comment?: string;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** One draft: there is one for a decision at most. */
export interface DraftRow extends RecordOf {
  readonly decisionid: string;
  /** The engagement's id. */
  readonly engagement: string;
  readonly usecase: string;
  /** Whether the draft was used, or the template's own text. */
  readonly outcome: 'drafted' | 'template';
  /** Why the template's text was used. */
  readonly code?: string;
  readonly message?: string;
  readonly model?: string;
  /** Of the endpoint. */
  readonly host?: string;
  /** sha256 (hex) of the canonical JSON of `sent`. */
  readonly prompt?: string;
  /** How many placeholders of each kind are in what was sent. */
  readonly masked?: Readonly<Record<string, number>>;
  /** Absent once events are no longer kept. */
  readonly sent?: { readonly system: string; readonly user: string };
  readonly content?: DraftContent;
  /** What was proposed beyond the task: words, and the field and value that the tenant's file has for it. */
  readonly proposal?: {
    readonly does: string;
    readonly field: string;
    readonly value: string | number | boolean | null;
  };
  readonly answer?: DraftAnswer;
  readonly tokensin: number;
  readonly tokensout: number;
  readonly durationms: number;
  /** RFC 3339 UTC */
  readonly at: string;
  /** When the person's data were erased from it. */
  readonly erasedat?: string;
}
