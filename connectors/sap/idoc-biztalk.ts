import { type Fields, objectOf, objectsOf } from './json';

/**
 * An IDoc as the SAP adapters of BizTalk and Azure Logic Apps write it, `<idocData>` in `<Receive>` or `<Send>`, in the form that
 * SAP's own XML has: segments under the names of their types (`E2EDK01005` is `E1EDK01`), those below a segment within it (here
 * `E2EDP01008GRP` holds both), headers of segments left out.
 */
export function segmentsOfIdocData(data: Fields): Fields {
  const segments = new Map<string, unknown[]>();
  for (const [name, value] of Object.entries(data)) {
    const group = /^(.+)GRP$/.exec(name)?.[1];
    const told = objectsOf(value).map((one) => (group === undefined ? fieldsOf(one) : segmentOfGroup(group, one)));
    const type = typeOf(group ?? name);
    segments.set(type, [...(segments.get(type) ?? []), ...told]);
  }
  return Object.fromEntries(segments);
}

/** The segment that a group is named after, with what else is in the group. */
function segmentOfGroup(name: string, { [name]: own, ...below }: Fields): Fields {
  return { ...fieldsOf(objectOf(objectsOf(own)[0]) ?? {}), ...segmentsOfIdocData(below) };
}

function fieldsOf(segment: Fields): Fields {
  return Object.fromEntries(Object.entries(segment).filter(([name]) => !name.startsWith('DATAHEADERCOLUMN_')));
}

/** A definition's name is its type's with a 2 in it, and the number of its version behind. */
function typeOf(definition: string): string {
  const [, start, name] = /^([A-Z])2(\w+?)(?:\d{3})?$/.exec(definition) ?? [];
  return start === undefined || name === undefined ? definition : `${start}1${name}`;
}
