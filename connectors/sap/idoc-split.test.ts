import { IdocSplitter, splitIdocs } from './idoc-split';

const idoc = (name: string): string => `<IDOC BEGIN="1"><E1KNA1M SEGMENT="1"><NAME1>${name}</NAME1></E1KNA1M></IDOC>`;
const alone = (name: string, head = ''): string => `${head}<DEBMAS07>${idoc(name)}</DEBMAS07>`;

/** What comes out of a document that comes in pieces of so many characters. */
function inPieces(text: string, size: number, most = 10_000): { readonly parts: readonly string[]; oversized: number } {
  const splitter = new IdocSplitter(most);
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += size) parts.push(...splitter.push(text.slice(at, at + size)));
  return { parts: [...parts, ...splitter.end()], oversized: splitter.oversized };
}

describe('a packet', () => {
  const declaration = '<?xml version="1.0" encoding="iso-8859-1"?>';
  const packet = `${declaration}\n<DEBMAS07>\n${idoc('A')}\n${idoc('B')}${idoc('C')}\n</DEBMAS07>\n`;

  it.each([1, 2, 5, 7, 64, 10_000])(
    'is taken apart, its declaration kept, however it comes: in pieces of %i',
    (size) => {
      const expected = ['A', 'B', 'C'].map((name) => alone(name, declaration));
      expect(inPieces(packet, size)).toEqual({ parts: expected, oversized: 0 });
    },
  );

  it('loses only the IDoc that is too long', () => {
    const long = `<DEBMAS07>${idoc('A')}${idoc('x'.repeat(500))}${idoc('B')}</DEBMAS07>`;
    for (const size of [1, 30, 10_000]) {
      expect(inPieces(long, size, 200)).toEqual({ parts: [alone('A'), alone('B')], oversized: 1 });
    }
  });

  it('that was cut off tells its rest, so that it is refused and not forgotten', () => {
    const cut = packet.slice(0, packet.indexOf('>C<'));
    expect(inPieces(cut, 7).parts.slice(0, 2)).toEqual([alone('A', declaration), alone('B', declaration)]);
    expect(inPieces(cut, 7).parts[2]).toBe(`${declaration}<DEBMAS07><IDOC BEGIN="1"><E1KNA1M SEGMENT="1"><NAME1`);
    expect(inPieces(packet.replace('</DEBMAS07>', ''), 7).parts).toHaveLength(4);
  });

  it('in a SOAP envelope, of a prefixed type', () => {
    const soap = `<s:Envelope><s:Body><n:DEBMAS07 xmlns:n="urn:x">${idoc('A')}${idoc('B')}</n:DEBMAS07></s:Body></s:Envelope>`;
    expect(splitIdocs(soap)).toEqual(['A', 'B'].map((name) => `<n:DEBMAS07>${idoc(name)}</n:DEBMAS07>`));
  });
});

describe('what is no packet comes out as it is', () => {
  it.each([
    ['one IDoc', ` ${alone('A')}\n`],
    ['no IDoc', '<html>504</html>'],
    ['a document type declaration', `<!DOCTYPE x [<!ENTITY a "b">]>${alone('A')}`],
    ['two IDocs after a document type declaration', `<!DOCTYPE x><X>${idoc('A')}${idoc('B')}</X>`],
    ['openings without end', '<IDOC>'.repeat(50_000)],
  ])('%s', (_, text) => {
    expect(splitIdocs(text)).toEqual([text]);
  });

  it('unless it is too long', () => {
    expect(inPieces('x'.repeat(1_000), 64, 200)).toEqual({ parts: [], oversized: 1 });
  });
});
