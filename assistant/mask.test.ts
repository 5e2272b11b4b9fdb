import * as fc from 'fast-check';
import { Mask, type KnownValue } from './mask';

const maria: readonly KnownValue[] = [
  { kind: 'name', value: 'Maria Lopez' },
  { kind: 'company', value: 'Bluewater' },
  { kind: 'email', value: 'maria.lopez@bluewater.example' },
  { kind: 'phone', value: '+34 91 123 45 67' },
  { kind: 'id', value: '00QSb000000000GMAQ' },
  { kind: 'link', value: 'https://bluewater.example' },
];

describe('what fields of the record say', () => {
  it('is masked wherever it stands: whole, in parts, in any case, in a genitive', () => {
    const mask = new Mask(maria);
    expect(mask.text('MARIA LOPEZ of bluewater called. Maria is keen. Lopezs Angebot, Lopez’s offer.')).toBe(
      '[NAME_1] of [COMPANY_1] called. [NAME_2] is keen. [NAME_3] Angebot, [NAME_4] offer.',
    );
  });

  it('has the same placeholder every time, also as a whole value', () => {
    const mask = new Mask(maria);
    const first = mask.whole('name', 'Maria Lopez');
    expect(mask.text('Maria Lopez, Maria Lopez')).toBe(`${first}, ${first}`);
    expect(mask.counts).toEqual({ name: 1 });
  });

  it('is found however a phone number is grouped', () => {
    expect(new Mask(maria).text('call 34-911234567 or (+34) 911 23 45 67')).not.toMatch(/\d{2}/);
  });

  it('does not tear apart what it is a part of', () => {
    expect(new Mask([{ kind: 'name', value: 'Ann' }]).text('Annual review with Ann')).toBe(
      'Annual review with [NAME_1]',
    );
  });
});

describe('what is personal by its form', () => {
  it.each([
    ['someone.else@other.example', 'EMAIL'],
    ['https://evil.example/pay?who=me', 'LINK'],
    ['www.evil.example', 'LINK'],
    ['evil.example/pay', 'LINK'],
    ['DE89 3704 0044 0532 0130 00', 'NUMBER'],
    ['4111 1111 1111 1111', 'NUMBER'],
    ['12/345/67890', 'NUMBER'],
    ['ESB12345678', 'ID'],
    ['+1 (555) 010-9999', 'PHONE'],
    ['555-0100', 'PHONE'],
    ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'ID'],
    ['0015e00001AbCdEEAV', 'ID'],
    ['742 Evergreen Terrace', 'ADDRESS'],
    ['Hauptstraße 12a', 'ADDRESS'],
    ['Calle de Alcalá 45', 'ADDRESS'],
    ['28013 Madrid', 'ADDRESS'],
    ['SW1A 2AA', 'ADDRESS'],
  ])('is masked in a text: %s', (value, kind) => {
    const mask = new Mask([]);
    expect(mask.text(`see ${value}, please`)).toBe(`see [${kind}_1], please`);
  });

  it('takes who is addressed or has a title for a name', () => {
    expect(new Mask([]).text('Dear John Smith, Frau Müller called. Regards, Ada')).toBe(
      'Dear [NAME_1], Frau [NAME_2] called. Regards, [NAME_3]',
    );
  });

  it('leaves times, dates, amounts and words alone', () => {
    const text = 'At 2026-11-27T08:11:13.000Z and on 27.11.2026: 1200000.00 EUR, 87 % likely, Rating Hot. Hi there.';
    expect(new Mask([]).text(text)).toBe(text);
  });
});

test('a text made to be slow is not', () => {
  const long = 20_000;
  const texts = [
    'a',
    'a.',
    'A.',
    '0 ',
    '1 ',
    'a@',
    '[a',
    '<a',
    'Aa ',
    '1 A',
    '  ',
    'Calle a, ',
    'Dear A ',
    '+1(',
    'A1',
  ].map((unit) => unit.repeat(long / unit.length));
  const mask = new Mask(maria);
  const started = performance.now();
  for (const text of texts) mask.text(text);
  expect(performance.now() - started).toBeLessThan(5_000);
});

describe('what comes back', () => {
  const mask = new Mask(maria);
  mask.text('Maria Lopez, https://bluewater.example; or see https://evil.example, mail x@evil.example, 555-0100');

  it('is exactly what was masked', () => {
    expect(mask.putBack('Call [NAME_1] about [LINK_1]')).toEqual({
      text: 'Call Maria Lopez about https://bluewater.example',
      unknown: [],
    });
  });

  it('names placeholders that stand for nothing', () => {
    expect(mask.putBack('Call [NAME_9]').unknown).toEqual(['[NAME_9]']);
  });

  it('has contact details in words where no field of the record has them', () => {
    expect(mask.putBack('[LINK_2] [EMAIL_1] [PHONE_1]').text).toBe(
      '(link in the record) (e-mail address in the record) (phone number in the record)',
    );
  });

  it('keeps a text that looked like a placeholder before', () => {
    const odd = new Mask(maria);
    const masked = odd.text('[NAME_1] wrote [EMAIL_7]');
    expect(masked).toBe('[TEXT_1] wrote [TEXT_2]');
    expect(odd.putBack(masked).text).toBe('[NAME_1] wrote [EMAIL_7]');
  });
});

const word = fc.stringMatching(/^[A-Z][a-zà-ÿ]{2,9}$/);
const value: fc.Arbitrary<KnownValue> = fc.oneof(
  fc.record({ kind: fc.constant('name' as const), value: fc.tuple(word, word).map((parts) => parts.join(' ')) }),
  fc.record({ kind: fc.constant('company' as const), value: fc.tuple(word, word).map((parts) => parts.join(' & ')) }),
  fc.record({ kind: fc.constant('email' as const), value: fc.tuple(word, word).map(([a, b]) => `${a}@${b}.example`) }),
  fc.record({ kind: fc.constant('phone' as const), value: fc.stringMatching(/^\+[1-9]\d{1,2} \d{3,4} \d{4}$/) }),
  fc.record({ kind: fc.constant('address' as const), value: fc.tuple(word, fc.nat(999)).map((p) => p.join(' ')) }),
  fc.record({ kind: fc.constant('id' as const), value: fc.stringMatching(/^[A-Z]{2}-\d{4}-[A-Z]{3}$/) }),
  fc.record({
    kind: fc.constant('name' as const),
    value: fc.string({ minLength: 2, maxLength: 12, unit: 'grapheme' }),
  }),
);
const noise = fc.oneof(fc.lorem({ maxCount: 4 }), fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constant('\n'));

describe('over any record and any text about it', () => {
  const told = fc.tuple(fc.array(value, { minLength: 1, maxLength: 6 }), fc.array(noise, { maxLength: 8 }), fc.nat(5));

  it('no value of a field survives', () => {
    fc.assert(
      fc.property(told, ([known, texts, shift]) => {
        const mask = new Mask(known);
        const parts = texts.flatMap((text, at) => [text, known[(shift + at) % known.length]!.value]);
        const masked = mask.text(parts.join(' '));
        const left = masked.replace(/\[[A-Z]+_\d+\]/g, ' ');
        for (const { value: personal } of known) {
          const trimmed = personal.normalize('NFC').trim();
          if (trimmed.length < 2 || !parts.includes(personal)) continue;
          const spaced = (text: string): string => ` ${text.split(/\s+/).join(' ')} `;
          expect(spaced(left)).not.toContain(spaced(trimmed));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('what is put back is the text as it was, but for contact details that no field has', () => {
    fc.assert(
      fc.property(told, ([known, texts]) => {
        const mask = new Mask(known);
        const text = [...texts, ...known.map((one) => one.value)].join(' ').normalize('NFC');
        const { text: back, unknown } = mask.putBack(mask.text(text));
        expect(unknown).toEqual([]);
        const details = /\((?:link|e-mail address|phone number|number) in the record\)/;
        if (!details.test(back)) expect(back).toBe(text);
      }),
      { numRuns: 150 },
    );
  });
});
