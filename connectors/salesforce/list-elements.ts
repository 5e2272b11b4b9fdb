/**
 * The elements of a JSON list, each as soon as its text is whole; of what follows no more is kept than the chunk that it began in.
 * Elements are objects. Throws SyntaxError where the text is no list of objects, or ends within it.
 */
export async function* listElements(chunks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  const scan = new ListScan();
  for await (const chunk of chunks) yield* scan.elementsIn(chunk);
  if (!scan.isWhole) throw new SyntaxError('a JSON list that ends too early');
}

const space = /\s/;

class ListScan {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #begun = '';
  isWhole = false;

  *elementsIn(chunk: string): Generator<string, void, undefined> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const before = this.#depth;
      this.#pass(chunk.charAt(at));
      if (before === 1 && this.#depth === 2) from = at;
      if (before !== 2 || this.#depth !== 1) continue;
      yield this.#begun + chunk.slice(from, at + 1);
      this.#begun = '';
    }
    if (this.#depth > 1) this.#begun += chunk.slice(from);
  }

  #pass(character: string): void {
    if (this.#isInText) this.#passText(character);
    else if (this.#depth > 1) this.#passElement(character);
    else this.#passList(character);
  }

  #passText(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#isInText = false;
  }

  #passElement(character: string): void {
    if (character === '"') this.#isInText = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
  }

  /** Around the elements. A comma too many is no harm. */
  #passList(character: string): void {
    if (space.test(character)) return;
    const expected = this.#depth === 1 ? ',{]' : this.isWhole ? '' : '[';
    if (!expected.includes(character)) throw new SyntaxError('not a JSON list of objects');
    if (character === ']') {
      this.#depth = 0;
      this.isWhole = true;
    } else if (character !== ',') this.#depth += 1;
  }
}
