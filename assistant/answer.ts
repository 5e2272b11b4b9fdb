import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import type { JSONSchema7 } from 'ai';
import { DraftFault } from './draft-fault';
import type { Mask } from './mask';
import { emails, ibans, links, longNumbers, phones, placeholderLike } from './patterns';

/** What an assistant is asked for. */
export interface WrittenDraft {
  readonly subject: string;
  readonly description: string;
  /** The key of one of the options, or `none`. */
  readonly proposal: string;
  readonly because: string;
}

/** A draft that may be used, with what was masked put back. */
export interface Draft extends WrittenDraft {
  /** Contact details and links that no placeholder stood for: how many were taken out. */
  readonly takenOut: number;
}

/** Characters, at most: of what the model writes, and of what is left once the placeholders are put back. */
const most = { subject: 160, description: 4_000, because: 600 } as const;
const mostPutBack = { subject: 230, description: 8_000, because: 1_200 } as const;

/**
 * The JSON Schema of a draft. Every key is required, and nothing but types and choices is asked: what endpoints with structured
 * output have in common.
 */
export function draftSchema(options: readonly string[]): JSONSchema7 {
  const text = (description: string) => ({ type: 'string', description }) as const;
  return {
    type: 'object',
    additionalProperties: false,
    required: ['subject', 'description', 'proposal', 'because'],
    properties: {
      subject: text(`One line: what the person is to do. At most ${most.subject} characters.`),
      description: text('Plain text: what the person needs to know of this record.'),
      proposal: { type: 'string', enum: [...options, 'none'], description: 'The key of one option, or none.' },
      because: text('Why this proposal, or why none, in one sentence.'),
    },
  };
}

/** Compiled once for each prompt. */
export function draftValidator(options: readonly string[]): ValidateFunction<WrittenDraft> {
  return new Ajv2020().compile<WrittenDraft>(draftSchema(options) as object);
}

type Part = keyof typeof most;

/** Control characters, bidirectional overrides and zero-width ones hide or turn round what a person reads. */
const hidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const markup = /<\/?[a-z!][^<>]*>/giu;

/** Names of placeholders without their brackets, and other ways to write them that are not put back. */
const bare = /\b(?:NAME|COMPANY|EMAIL|PHONE|ADDRESS|NUMBER|ID|LINK|DATE|TEXT)_\d+\b/giu;

/**
 * What of a model's answer may be used. Links and contact details that the model wrote itself are not of this record: they are
 * taken out. Throws DraftFault where a placeholder stands for nothing or a text is empty or too long.
 */
export function usable(written: WrittenDraft, mask: Mask): Draft {
  let takenOut = 0;
  const cleaned = (text: string): string => {
    let rest = text.normalize('NFC').replace(hidden, '').replace(markup, ' ');
    for (const form of [links, emails, ibans, phones, longNumbers]) {
      rest = rest.replace(form, () => {
        takenOut += 1;
        return '(removed)';
      });
    }
    return rest.trim();
  };
  const within = (part: Part, text: string, limit: number): string => {
    const { length } = text;
    if (length === 0) throw new DraftFault('SBX_ASSISTANT_SCHEMA', `nothing is left of the ${part}`);
    if (length <= limit) return text;
    throw new DraftFault('SBX_ASSISTANT_LENGTH', `the ${part} has ${length} characters, at most ${limit} are taken`);
  };
  const finished = (part: Part): string => {
    const text = cleaned(within(part, written[part], most[part]));
    const { text: whole, unknown } = mask.putBack(text);
    const rest = mask.withoutPlaceholders(text);
    const odd = [...unknown, ...(rest.match(placeholderLike) ?? []), ...(rest.match(bare) ?? [])];
    if (odd[0] === undefined) return within(part, whole, mostPutBack[part]);
    const message = `the ${part} has the placeholder ${odd[0]}, which stands for nothing`;
    throw new DraftFault('SBX_ASSISTANT_PLACEHOLDER', message);
  };
  const subject = finished('subject').replace(/\s+/g, ' ');
  const draft = { subject, description: finished('description'), because: finished('because').replace(/\s+/g, ' ') };
  return { ...draft, proposal: written.proposal, takenOut };
}
