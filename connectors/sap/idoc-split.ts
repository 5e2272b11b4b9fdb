const opening = /<IDOC[\s>]/g;
const closing = '</IDOC>';

/**
 * Takes a document that packs IDocs apart as it comes, so that one that cannot be used does not take the others with it, and a
 * large packet is never in memory as a whole. Each part is a document of its own with the packet's XML declaration. What
 * cannot be told apart, or has lost its end, comes out as it is: whoever reads it refuses it. Texts are Latin 1: each byte
 * stays as it is, whatever the document is written in.
 */
export class IdocSplitter {
  #text = '';
  /** Where to look for what comes next. */
  #from = 0;
  #frame: { readonly head: string; readonly root: string } | undefined;
  /** Its first IDoc does not stand where it must in a packet: comes out as a whole. */
  #isWhole = false;
  #isInside = false;
  #isSkipping = false;
  #oversized = 0;

  /** @param mostChars a single IDoc that is longer is left out, and counted */
  constructor(private readonly mostChars: number) {}

  /** How many IDocs were left out. */
  get oversized(): number {
    return this.#oversized;
  }

  /** The IDocs that are complete with this piece. */
  push(piece: string): readonly string[] {
    this.#text += piece;
    const parts: string[] = [];
    for (;;) {
      const part = this.#isInside ? this.#rest() : this.#begin();
      if (part === undefined) break;
      if (part !== '') parts.push(part);
    }
    this.#limit();
    return parts;
  }

  /** What is left: a document without IDocs, an IDoc without its end, or a packet without its own. */
  end(): readonly string[] {
    const frame = this.#frame;
    if (this.#isSkipping) return [];
    if (frame === undefined) return [this.#text];
    return !this.#isInside && this.#text.includes(`</${frame.root}`) ? [] : [`${frame.head}${this.#text}`];
  }

  /** Empty where an IDoc begins; undefined where more has to come. */
  #begin(): string | undefined {
    if (this.#isWhole) return undefined;
    opening.lastIndex = this.#from;
    const found = opening.exec(this.#text);
    if (found === null) {
      this.#from = Math.max(0, this.#text.length - '<IDOC'.length);
      return undefined;
    }
    this.#frame ??= frameOf(this.#text.slice(0, found.index));
    if (this.#frame === undefined) {
      this.#isWhole = true;
      return undefined;
    }
    this.#text = this.#text.slice(found.index);
    this.#from = 0;
    this.#isInside = true;
    return '';
  }

  /** The IDoc once its end is there. */
  #rest(): string | undefined {
    const end = this.#text.indexOf(closing, this.#from);
    if (end < 0) {
      this.#from = Math.max(0, this.#text.length - closing.length);
      return undefined;
    }
    const idoc = this.#text.slice(0, end + closing.length);
    const isSkipped = this.#isSkipping || idoc.length > this.mostChars;
    if (isSkipped && !this.#isSkipping) this.#oversized += 1;
    this.#text = this.#text.slice(idoc.length);
    this.#from = 0;
    this.#isInside = false;
    this.#isSkipping = false;
    const { head = '', root = '' } = this.#frame ?? {};
    return isSkipped ? '' : `${head}${idoc}</${root}>`;
  }

  /** Forgets what is too long to be handed on; its end is still looked for. */
  #limit(): void {
    if (this.#text.length <= this.mostChars) return;
    if (!this.#isSkipping && (this.#isInside || this.#frame === undefined)) {
      this.#isSkipping = true;
      this.#oversized += 1;
    }
    this.#text = this.#text.slice(-closing.length);
    this.#from = 0;
  }
}

/** The declaration and the root of a packet, from what comes before its first IDoc. */
function frameOf(before: string): { readonly head: string; readonly root: string } | undefined {
  if (/<!DOCTYPE/i.test(before)) return undefined;
  const root = /<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*$/.exec(before)?.[1];
  const declaration = /^(?:\xEF\xBB\xBF)?\s*(<\?xml[^>]*\?>)/.exec(before)?.[1] ?? '';
  return root === undefined ? undefined : { head: `${declaration}<${root}>`, root };
}

/** The documents of the single IDocs of a packet; the text itself where it is no packet of several. */
export function splitIdocs(text: string): readonly string[] {
  const splitter = new IdocSplitter(text.length);
  const parts = [...splitter.push(text), ...splitter.end()];
  return parts.length < 2 ? [text] : parts;
}
