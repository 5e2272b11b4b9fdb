import type { TemplateError } from './template';
import { placeholders, renderLine, renderText, renderValue } from './template';

const scope = {
  record: { name: 'Maria Lopez', createdAt: '2026-11-23T06:43:12.345Z', email: '', amount: 12.5, isConverted: false },
  score: 0.873,
  percent: 87,
  band: 'hot',
  reasons: [{ text: 'Called last week' }, { text: 'Large account' }],
  decision: { id: 'e1:lead-scoring' },
};

describe('a template', () => {
  test.each([
    ['Call {{record.name}} today', 'Call Maria Lopez today'],
    ['{{ score | percent }} likely', '87 % likely'],
    ['{{percent}} {{band}} {{score}}', '87 hot 0.873'],
    ['since {{record.createdAt | date}}', 'since 2026-11-23'],
    ['since {{record.createdAt|datetime}}', 'since 2026-11-23 06:43 UTC'],
    ['{{record.name | date}}', 'Maria Lopez'],
    ['{{reasons}}', 'Called last week; Large account'],
    ['{{reasons.0}}', 'Called last week'],
    ['{{record.isConverted}} {{decision.id}}', 'false e1:lead-scoring'],
    ['no placeholder { } }', 'no placeholder { } }'],
  ])('%s', (template, text) => {
    expect(renderLine(template, scope)).toEqual({ text, missing: [] });
  });

  test('leaves what is not there empty, and says so', () => {
    expect(renderLine('[{{record.phone}}{{record.email}}{{record.name.first}}]', scope)).toEqual({
      text: '[]',
      missing: ['record.phone', 'record.email', 'record.name.first'],
    });
  });

  test('never reads what was filled in', () => {
    const named = { record: { name: '{{score}} {{record.email}}' }, score: 1 };
    expect(renderLine('Call {{record.name}}', named).text).toBe('Call {{score}} {{record.email}}');
  });

  test('reaches only what the scope itself has', () => {
    expect(renderLine('{{record.constructor}}{{record.__proto__}}', scope).text).toBe('');
  });

  test('keeps a subject to one line without control characters, of whole characters up to the limit', () => {
    expect(renderLine('a\r\nb\u0000\tc', {}).text).toBe('a; b c');
    const long = renderLine('{{record.name}}', { record: { name: '😀'.repeat(300) } }).text;
    expect(Array.from(long)).toHaveLength(255);
    expect(long.endsWith('😀…')).toBe(true);
  });

  test('keeps the lines of a text', () => {
    expect(renderText('a\r\n{{reasons}}', scope).text).toBe('a\nCalled last week\nLarge account');
    expect(renderText('x'.repeat(40_000), {}).text).toHaveLength(32_000);
  });

  test.each([
    ['{{record.name', 0, /no other end/],
    ['a }} b', 2, /no other end/],
    ['a {{record name}}', 2, /no placeholder/],
    ['a {{}}', 2, /no placeholder/],
    ['a {{score | euro}}', 10, /no format "euro"/],
  ])('%s is refused at %i', (template, position, message) => {
    const attempt = () => placeholders(template);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ position }) as TemplateError);
  });
});

describe('a value', () => {
  test.each([
    ['Hot', 'Hot'],
    [5, 5],
    [false, false],
    [null, null],
    ['{{percent}}', 87],
    ['{{record.isConverted}}', false],
    ['{{percent}} of 100', '87 of 100'],
    ['{{record.name}}', 'Maria Lopez'],
    ['{{record.phone}}', null],
  ])('%j becomes %j', (value, rendered) => {
    expect(renderValue(value, scope).value).toBe(rendered);
  });
});
