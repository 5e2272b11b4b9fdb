import { usable, type WrittenDraft } from './answer';
import { Mask } from './mask';

const mask = new Mask([
  { kind: 'name', value: 'Maria Lopez' },
  { kind: 'phone', value: '+34 91 123 45 67' },
  { kind: 'link', value: 'https://bluewater.example' },
]);
mask.text('Maria Lopez +34 91 123 45 67 https://bluewater.example, see https://evil.example');

const written = (change: Partial<WrittenDraft> = {}): WrittenDraft => ({
  subject: 'Call [NAME_1]',
  description: 'Ask about the offer.',
  proposal: 'none',
  because: 'Nothing else.',
  ...change,
});
const use = (change: Partial<WrittenDraft>) => usable(written(change), mask);

test('a sound draft has what was masked put back, exactly', () => {
  expect(use({ description: 'Call [NAME_1] at [PHONE_1], see [LINK_1].' })).toEqual({
    subject: 'Call Maria Lopez',
    description: 'Call Maria Lopez at +34 91 123 45 67, see https://bluewater.example.',
    proposal: 'none',
    because: 'Nothing else.',
    takenOut: 0,
  });
});

test.each([
  'https://evil.example/login',
  'http://127.0.0.1:8080/x',
  'www.evil.example',
  'evil.example/pay',
  'EVIL.EXAMPLE',
  'javascript://%0aalert',
  'mailto:boss@evil.example',
  'boss@evil.example',
  '+1 (900) 555-0199',
  'DE89 3704 0044 0532 0130 00',
])('a link or contact that the model wrote itself is taken out: %s', (foreign) => {
  const draft = use({ description: `Confirm at ${foreign} now`, subject: `See ${foreign}` });
  expect(draft.takenOut).toBe(2);
  expect(`${draft.subject} ${draft.description}`).toBe('See (removed) Confirm at (removed) now');
});

test('a link that only a note has is put in words', () => {
  expect(use({ description: 'Open [LINK_2]' }).description).toBe('Open (link in the record)');
});

test('dates and figures stay', () => {
  const description = 'Since 2026-11-27 the score rose from 50 % to 80 %; 1,200 units on 03.12.2026 at 14:00.';
  expect(use({ description })).toMatchObject({ description, takenOut: 0 });
});

test.each(['[NAME_9]', '[name_1]', 'NAME_1', '[ NAME_1 ]', '[NAME 1]', '[CUSTOMER_1]'])(
  'a placeholder that stands for nothing is refused: %s',
  (placeholder) => {
    expect(() => use({ subject: `Call ${placeholder}` })).toThrow(
      expect.objectContaining({ code: 'SBX_ASSISTANT_PLACEHOLDER' }) as Error,
    );
  },
);

test.each([
  ['an empty subject', { subject: '' }, 'SBX_ASSISTANT_SCHEMA'],
  ['a subject of nothing a person sees', { subject: '\u200b\u202e' }, 'SBX_ASSISTANT_SCHEMA'],
  ['a long subject', { subject: 'x'.repeat(161) }, 'SBX_ASSISTANT_LENGTH'],
  ['a long description', { description: 'x'.repeat(4_001) }, 'SBX_ASSISTANT_LENGTH'],
  ['a description that grows long', { description: '[LINK_1]'.repeat(500) }, 'SBX_ASSISTANT_LENGTH'],
])('%s is refused', (_, change, code) => {
  expect(() => use(change)).toThrow(expect.objectContaining({ code }) as Error);
});

test('markup and characters that hide or turn text round are taken away', () => {
  const draft = use({ subject: 'Call\n [NAME_1]\u202e', description: '<b>Now</b> <img src=x onerror=alert(1)>!' });
  expect([draft.subject, draft.description]).toEqual(['Call Maria Lopez', 'Now   !']);
});
