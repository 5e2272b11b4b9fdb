import { type Fields, firstText, listOf, objectOf, objectsOf } from './json';
import type { IdocNative } from './native';
import { refuse } from '../kit/canonical-event';
import { segmentsOfIdocData } from './idoc-biztalk';
import { parseXml, type XmlDocument, XmlRefused } from '../kit/xml';

/** What people have beside IDocs in the same folders, by the root element. */
const others: Readonly<Record<string, readonly [code: string, what: string]>> = {
  schema: ['SBX_SAP_SCHEMA', 'an XML schema, not an IDoc: give the IDoc itself'],
  Edmx: ['SBX_SAP_EDMX', 'the metadata of an OData service, not its data'],
  feed: ['SBX_SAP_ATOM', 'an Atom feed: ask the service with $format=json'],
  entry: ['SBX_SAP_ATOM', 'an Atom entry: ask the service with $format=json'],
};

/** Elements around documents of IDocs: a tool's list of messages, say. */
const deepest = 2;

/** The IDocs of an XML document, also in a SOAP envelope or a list of documents. Throws Unmappable that names what it is instead. */
export function readIdocXml(text: string): readonly IdocNative[] {
  const { root, content } = unwrapped(parsed(text));
  const idocs = idocsIn(root, content, 0);
  if (idocs.length > 0) return idocs;
  const [code, what] = Object.hasOwn(others, root) ? (others[root] ?? []) : [];
  if (code !== undefined) throw refuse(code, `this is ${what ?? root}`);
  if (/^BAPI_/i.test(root)) {
    throw refuse('SBX_SAP_BAPI', `this is a call of ${root}, not an IDoc: give the IDoc of the record`);
  }
  throw refuse('SBX_SAP_XML_ROOT', `XML of <${root}> without an <IDOC> in it`);
}

function idocsIn(name: string, content: Fields, depth: number): readonly IdocNative[] {
  if (name === 'idocData') return idocsOf('IDOC', segmentsOfIdocData(content));
  const own = idocsOf(name, content);
  if (own.length > 0 || depth === deepest) return own;
  const inner = Object.entries(content).flatMap(([child, value]) =>
    objectsOf(value).map((one) => [child, one] as const),
  );
  return inner.flatMap(([child, one]) => idocsIn(child, one, depth + 1));
}

/** The IDocs in a document's root element, which is named after their type. */
function idocsOf(root: string, content: Fields): readonly IdocNative[] {
  // An IDoc that was taken out of its document says its type in the control record.
  const found = root === 'IDOC' ? [content] : objectsOf(content.IDOC);
  return found.map((idoc) => {
    const { EDI_DC40: control, EDI_DC: oldControl, ...segments } = idoc;
    const record = objectsOf(control)[0] ?? objectsOf(oldControl)[0];
    const type = root === 'IDOC' ? firstText(record, ['IDOCTYP', 'MESTYP']) : root;
    if (type === undefined) throw refuse('SBX_SAP_IDOC', 'an <IDOC> by itself, without IDOCTYP or MESTYP in EDI_DC40');
    return { kind: 'idoc', idocType: type, ...(record === undefined ? {} : { control: record }), segments };
  });
}

/** IDocs have no attributes that say anything (BEGIN, SEGMENT). */
function parsed(text: string): XmlDocument {
  try {
    return parseXml(text);
  } catch (error) {
    if (!(error instanceof XmlRefused)) throw error;
    throw refuse(error.why === 'doctype' ? 'SBX_SAP_XML_DOCTYPE' : 'SBX_SAP_XML', error.message);
  }
}

function unwrapped(document: XmlDocument): XmlDocument {
  if (document.root !== 'Envelope') return document;
  const [inner] = Object.entries(objectsOf(document.content.Body)[0] ?? {});
  if (inner === undefined) throw refuse('SBX_SAP_SOAP', 'a SOAP envelope with nothing in its body');
  return unwrapped({ root: inner[0], content: objectsOf(inner[1])[0] ?? {} });
}

/** An IDoc that somebody has turned into JSON: as it comes from XML, elements in lists, attributes left out. */
export function readIdocJson(object: Fields): readonly IdocNative[] {
  const [[root, content] = ['', undefined], ...rest] = Object.entries(object).filter(([name]) => isElement(name));
  const inner = objectOf(content) ?? objectOf(listOf(content)?.[0]);
  return inner === undefined || rest.length > 0 ? [] : idocsOf(root, elementsOf(inner));
}

/** Attributes, text and the declaration, as the usual converters name them, are none. */
function isElement(name: string): boolean {
  return !/^(?:[@$#?!-]|_(?!-))/.test(name);
}

function elementsOf(object: Fields): Fields {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
      if (!isElement(name)) return [];
      const several = listOf(value) ?? [value];
      const segments = several.filter((item) => objectOf(item) !== undefined);
      // Some converters put every element into a list, those with a text in them too.
      if (segments.length === 0) return [[name, several.map(plain).join('')]];
      return [[name, segments.map((item) => elementsOf(objectOf(item) ?? {}))]];
    }),
  );
}

function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
