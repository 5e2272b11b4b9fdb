import type { HttpAnswer } from '../http/message';

const dataServices = 'http://schemas.microsoft.com/ado/2007/08/dataservices';
const namespaces = `xmlns="http://www.w3.org/2005/Atom" xmlns:m="${dataServices}/metadata" xmlns:d="${dataServices}"`;

/** Text as XML has it. */
const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const property = ([name, value]: [string, unknown]): string => {
  if (value === null) return `<d:${name} m:null="true"/>`;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return '';
  const plain = String(value);
  const [, instant] = /^\/Date\((-?\d+)/.exec(plain) ?? [];
  const text = instant === undefined ? plain : new Date(Number(instant)).toISOString();
  return `<d:${name}>${escapeXml(text)}</d:${name}>`;
};

const entry = (row: Readonly<Record<string, unknown>>, outer: string): string => {
  const { uri = '', type = '', etag } = row['__metadata'] as { uri?: string; type?: string; etag?: string };
  const tag = etag === undefined ? '' : ` m:etag="${escapeXml(etag)}"`;
  const body = Object.entries(row)
    .filter(([name]) => name !== '__metadata')
    .map(property)
    .join('');
  return (
    `<entry${outer}${tag}><id>${escapeXml(uri)}</id><title type="text">${escapeXml(uri.split('/').at(-1) ?? '')}</title>` +
    `<updated>${new Date().toISOString()}</updated><category term="${type}" scheme="${dataServices}/scheme"/>` +
    `<content type="application/xml"><m:properties>${body}</m:properties></content></entry>`
  );
};

const head = '<?xml version="1.0" encoding="utf-8"?>';

/** One entity as Atom. Navigations are left out. */
export const atomEntry = (
  status: number,
  row: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/atom+xml;type=entry', ...headers },
  body: `${head}${entry(row, ` ${namespaces}`)}`,
});

/** A page of entities as Atom. */
export const atomFeed = (
  set: string,
  serviceUrl: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  next: string | undefined,
): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/atom+xml;type=feed', dataserviceversion: '2.0' },
  body:
    `${head}<feed ${namespaces} xml:base="${serviceUrl}/"><id>${serviceUrl}/${set}</id><title type="text">${set}</title>` +
    `<updated>${new Date().toISOString()}</updated>${rows.map((row) => entry(row, '')).join('')}` +
    `${next === undefined ? '' : `<link rel="next" href="${escapeXml(next)}"/>`}</feed>`,
});
