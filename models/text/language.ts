/** Frequent little words of languages in Latin script, without accents; none is a single letter or an English word. */
const little: Readonly<Record<string, string>> = {
  German:
    'ich nicht ist und das der ein eine einen mein meine wie wo sie mit auf sich auch noch wurde habe haben kann wird bitte',
  French:
    'je ne pas est et le la les des une mon ma mes vous nous avec dans qui sur votre qu comment il elle suis ou ai pour',
  Spanish:
    'el la los las una mi mis que por para con es esta como puedo quiero cuando donde porque muy pero mas tengo ayuda',
  Portuguese: 'os um uma meu minha que por para com nao em como posso quero quando onde muito mas tenho da foi voce',
  Italian: 'il la lo gli una mio mia che per con non sono come posso vorrei quando dove della del ho ma molto questo',
  Dutch: 'ik niet het een mijn van en met op hoe waar wat zijn heb kan wordt naar bij voor deze maar nog geen',
};

/** English little words; `no` and `not` are not among them, as they turn what a text says. */
const english: ReadonlySet<string> = new Set(
  (
    'i my me you your he she it its we they them is are was were be been am do does did have has had will would can could ' +
    'should the a an this that these those and or but if in on at of for from to with by as what when where how why who ' +
    'which so just there here than then about out up get got please'
  ).split(' '),
);

const languages = Object.entries(little).map(([name, words]) => ({ name, words: new Set(words.split(' ')) }));

/** Fewer different little words than this prove nothing. */
const LEAST = 2;

const accent = /\p{Mn}/gu;
const word = /[a-z]+/g;

/** Whether a word says nothing by itself. */
export function isLittle(of: string): boolean {
  return english.has(of);
}

/** The language of whose little words more are in the text than of the English ones; nothing where two are not found. */
export function otherLanguage(text: string): string | undefined {
  const plain = text.normalize('NFD').replace(accent, '').toLowerCase();
  const words = [...new Set(plain.match(word))];
  const own = words.filter((one) => english.has(one) || one === 'no' || one === 'not').length;
  const [most] = languages
    .map(({ name, words: set }) => ({ name, count: words.filter((one) => set.has(one)).length }))
    .sort((a, b) => b.count - a.count);
  return most !== undefined && most.count >= LEAST && most.count > own ? most.name : undefined;
}
