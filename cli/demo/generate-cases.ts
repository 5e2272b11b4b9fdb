/** A case as a customer of a bank writes it. */
export interface DemoCase {
  readonly Subject: string;
  readonly Description: string;
}

const written: readonly (readonly [subject: string, description: string])[] = [
  ['Card still not here', 'I ordered a new card two weeks ago and it has not arrived yet.'],
  ['Charged twice', 'I was charged twice for the same purchase on Saturday.'],
  ['Top-up', 'How do I top up my account by bank transfer?'],
  ['Lost card', 'I lost my card on the train this morning, please block it.'],
  ['PIN', 'I entered the wrong PIN three times and now my card is blocked.'],
  ['Exchange rate', 'The exchange rate you used for my cash withdrawal abroad is wrong.'],
  ['Refund', 'The shop has refunded me but the money does not show up on my statement.'],
  ['Transfer', 'My transfer to a friend is still pending after three days.'],
  ['Question', 'Something is odd here, can somebody call me back?'],
  ['Fee', 'Why was I charged a fee for taking out cash?'],
];

/** Cases that nobody wrote, in a fixed order. */
export function* generateCases(count: number): Generator<DemoCase> {
  for (let n = 0; n < count; n++) {
    const [Subject, Description] = written[n % written.length] ?? ['', ''];
    yield { Subject, Description };
  }
}
