import { XMLParser } from 'fast-xml-parser';
import { refuse } from '../kit/canonical-event';
import { isDeep } from '../kit/json';
import { type Fields, objectOf } from './json';

/**
 * Elements as objects, those with elements in them as lists, texts as texts: `007` stays `007`. Attributes say nothing in an
 * IDoc (BEGIN, SEGMENT). Prefixes are dropped: SOAP ports name them as they like.
 */
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
  isArray: (_name, _path, isLeaf) => !isLeaf,
});

/** Objects and lists; an IDoc has two of them for each level of its segments, which are less than twenty. */
const deepest = 200;

/**
 * The root element of an XML document and what is in it. Throws Unmappable for what is not well-formed, and for a document type
 * declaration: IDocs have none, and its entities could blow up or reach out.
 */
export function parseXml(text: string): { readonly root: string; readonly content: Fields } {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw refuse('SBX_SAP_XML_DOCTYPE', 'XML with a document type declaration');
  let document: unknown;
  try {
    document = parser.parse(text, true);
  } catch (error) {
    throw refuse(
      'SBX_SAP_XML',
      `XML that is not well-formed: ${(error as Error).message.replaceAll(':undefined', '')}`,
    );
  }
  if (isDeep(document, deepest)) throw refuse('SBX_SAP_XML', `XML that is nested deeper than ${deepest} levels`);
  const [root, ...others] = Object.entries(objectOf(document) ?? {});
  if (root === undefined || others.length > 0) throw refuse('SBX_SAP_XML', 'XML without one root element');
  const content = Array.isArray(root[1]) ? objectOf(root[1][0]) : undefined;
  return { root: root[0], content: content ?? {} };
}
