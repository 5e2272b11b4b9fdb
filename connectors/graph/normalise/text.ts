/* eslint-disable no-restricted-globals -- Date as a calendar only, always of a given instant: no clock is read here. */
import { convert, type HtmlToTextOptions } from 'html-to-text';
import { isoFromText } from '../../../canonical-schema/time';
import { objectOf, textOf } from '../../kit/json';

/** Lines as they were written: no links' addresses, no pictures. */
const plain: HtmlToTextOptions = {
  wordwrap: false,
  // Anybody can send a mail: one nested without end must not stop the stream.
  limits: { maxDepth: 200, ellipsis: '…' },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
  ],
};

/** More than any post can hold. */
const mostCharacters = 2 * 1024 * 1024;

/** `{contentType, content}` as plain text, lines separated by `\n`; undefined where nothing is left. */
export function bodyText(body: unknown): string | undefined {
  const { contentType, content } = objectOf(body) ?? {};
  const text = textOf(content);
  if (text === undefined) return undefined;
  const isHtml = textOf(contentType)?.toLowerCase() === 'html';
  return textOf((isHtml ? convert(text.slice(0, mostCharacters), plain) : text).replace(/\r\n?/g, '\n').trim());
}

/** An instant of RFC 3339; undefined for anything else. */
export function instantOf(value: unknown): string | undefined {
  return typeof value === 'string' ? isoFromText(value) : undefined;
}

const utcNames = ['utc', 'etc/utc', 'gmt', 'etc/gmt', 'tzone://microsoft/utc'];

/** `{dateTime, timeZone}` as an instant where the zone is UTC, which is what Graph answers unless asked otherwise. */
export function zonedInstant(value: unknown): string | undefined {
  const { dateTime, timeZone } = objectOf(value) ?? {};
  const text = textOf(dateTime);
  if (text === undefined || !utcNames.includes((textOf(timeZone) ?? 'UTC').toLowerCase())) return undefined;
  return isoFromText(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
}

/** The same as seconds since 1970. */
export function secondsOf(value: unknown): number | undefined {
  const instant = zonedInstant(value);
  return instant === undefined ? undefined : Math.round(Date.parse(instant) / 1000);
}

/** The day of `{dateTime, timeZone}`: To Do keeps a due day, as its midnight in the zone that it names. */
export function zonedDay(value: unknown): string | undefined {
  const text = textOf(objectOf(value)?.dateTime);
  const day = text === undefined ? undefined : /^\d{4}-\d\d-\d\d(?=T|$)/.exec(text)?.[0];
  return day !== undefined && isoFromText(`${day}T00:00:00Z`) !== undefined ? day : undefined;
}
