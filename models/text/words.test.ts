import { pairsOf, runsOf, Vocabulary, wordsOf } from './words';

describe('words of a text', () => {
  it('are runs of a-z and 0-9 after lower-casing; accents and marks end a word', () => {
    expect(wordsOf("Don't charge my CARD 2x — café!")).toStrictEqual(['don', 't', 'charge', 'my', 'card', '2x', 'caf']);
    expect(wordsOf('カード 😂 !?')).toStrictEqual([]);
  });

  it('make pairs of neighbours, and runs of letters with their edges', () => {
    expect(pairsOf(['not', 'my', 'card'])).toStrictEqual(['not my', 'my card']);
    expect(pairsOf(['card'])).toStrictEqual([]);
    expect(runsOf('pin')).toStrictEqual([' pi', 'pin', 'in ', ' pin', 'pin ', ' pin ']);
    expect(runsOf('a')).toStrictEqual([' a ']);
  });
});

describe('a vocabulary', () => {
  const vocabulary = new Vocabulary(['card', 'lost'], 3, Float32Array.of(9, 9, 9, 2, 1));

  it('weighs the terms it knows by count times idf, to length one, at the rows of its block', () => {
    const terms = vocabulary.weigh(['card', 'lost', 'card', 'blue']);
    expect([...terms.keys()]).toStrictEqual(['card', 'lost']);
    expect(terms.get('card')).toMatchObject({ place: 3, count: 2 });
    expect(terms.get('card')!.value).toBeCloseTo(4 / Math.sqrt(17), 12);
    expect(terms.get('lost')!.value).toBeCloseTo(1 / Math.sqrt(17), 12);
  });

  it('knows nothing of other texts', () => {
    expect(vocabulary.weigh(['blue'])).toStrictEqual(new Map());
  });
});
