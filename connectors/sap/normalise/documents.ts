import { type Fields, firstText, listOf, objectsOf } from '../json';
import type { Segment } from '../native';
import { convert } from './values';

/** Segments that come once for each qualifier, and the field that holds it. */
const qualified: Readonly<Record<string, string>> = {
  E1EDK02: 'QUALF',
  E1EDK03: 'IDDAT',
  E1EDKA1: 'PARVW',
  E1EDS01: 'SUMID',
  E1ADRM1: 'PARTNER_Q',
  E1EDT13: 'QUALF',
};

/** Positions, told as lines. */
const positions = ['E1EDP01', 'E1EDL24'];

/**
 * The fields of a document's header segments on one level, as `segment.field` or `segment.qualifier.field`, so that rules and
 * mappings can name them: `E1EDKA1.AG.PARTN` is the sold-to party. The first of several equal ones counts.
 */
export function documentFields(segments: Segment): Fields {
  const fields: Record<string, unknown> = {};
  const take = (name: string, segment: Segment): void => {
    const qualifier = qualified[name] === undefined ? undefined : firstText(segment, [qualified[name]]);
    const prefix = qualifier === undefined ? name : `${name}.${qualifier}`;
    for (const [field, value] of Object.entries(segment)) {
      if (listOf(value) !== undefined) walk({ [field]: value });
      else if (field !== qualified[name]) fields[`${prefix}.${field}`] ??= value;
    }
  };
  const walk = (container: Segment): void => {
    for (const [name, value] of Object.entries(container)) {
      for (const segment of objectsOf(value)) {
        if (!positions.includes(name)) take(name, segment);
        // The order that a delivery belongs to stands in its positions.
        else if (name === 'E1EDL24') fields['E1EDL24.VGBEL'] ??= segment.VGBEL;
      }
    }
  };
  walk(segments);
  return fields;
}

/** The positions of an order. */
export function orderLines(segments: Segment): readonly Fields[] {
  return objectsOf(segments.E1EDP01)
    .map(lineOf)
    .filter((line) => Object.keys(line).length > 0);
}

function lineOf(position: Segment): Fields {
  const objects = objectsOf(position.E1EDP19);
  // 002 is the vendor's number of the material, 001 the customer's.
  const material = objects.find(({ QUALF }) => QUALF === '002') ?? objects.find(({ QUALF }) => QUALF === '001');
  const values: readonly (readonly [string, unknown])[] = [
    ['id', convert('text', position.POSEX)],
    ['productId', convert('id', material?.IDTNR)],
    ['product', convert('text', material?.KTEXT)],
    ['quantity', convert('decimal', position.MENGE)],
    ['unit', convert('text', position.MENEE)],
    ['unitPrice', convert('decimal', position.VPREI)],
    ['amount', convert('decimal', position.NETWR)],
  ];
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
