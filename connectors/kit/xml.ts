import { XMLParser } from 'fast-xml-parser';
import { isDeep, objectOf } from './json';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Elements as objects, those with elements in them as lists, texts as texts: `007` stays `007`. Prefixes are dropped: senders name
 * them as they like.
 */
const rules = {
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
  isArray: (_name: string, _path: unknown, isLeaf: boolean) => !isLeaf,
};
const bare = new XMLParser({ ...rules, ignoreAttributes: true });
const attributed = new XMLParser({ ...rules, ignoreAttributes: false, attributeNamePrefix: '@' });

/** Objects and lists; an IDoc has two of them for each level of its segments, which are less than twenty. */
const deepest = 200;

/** Why a text is not taken as XML. */
export class XmlRefused extends Error {
  constructor(
    readonly why: 'doctype' | 'malformed' | 'deep' | 'roots',
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

export interface XmlDocument {
  readonly root: string;
  readonly content: Fields;
}

/**
 * The root element of an XML document and what is in it. Throws XmlRefused for what is not well-formed, and for a document type
 * declaration: no sender has one, and its entities could blow up or reach out.
 * @param withAttributes attributes as members `@name`; else they are left out
 */
export function parseXml(text: string, withAttributes = false): XmlDocument {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new XmlRefused('doctype', 'XML with a document type declaration');
  const document = parsed(text, withAttributes ? attributed : bare);
  if (isDeep(document, deepest)) throw new XmlRefused('deep', `XML that is nested deeper than ${deepest} levels`);
  const [root, ...others] = Object.entries(objectOf(document) ?? {});
  if (root === undefined || others.length > 0) throw new XmlRefused('roots', 'XML without one root element');
  const content = Array.isArray(root[1]) ? objectOf(root[1][0]) : undefined;
  return { root: root[0], content: content ?? {} };
}

function parsed(text: string, parser: XMLParser): unknown {
  try {
    return parser.parse(text, true);
  } catch (error) {
    const message = (error as Error).message.replaceAll(':undefined', '');
    throw new XmlRefused('malformed', `XML that is not well-formed: ${message}`);
  }
}
