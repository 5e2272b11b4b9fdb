import { type Fields, firstText, listOf, objectsOf, without } from '../json';
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

/** What a document says. */
export interface DocumentTold {
  /**
   * The fields of the header segments on one level, as `segment.field` or `segment.qualifier.field`, so that rules and mappings
   * can name them: `E1EDKA1.AG.PARTN` is the sold-to party.
   */
  readonly fields: Fields;
  /** Segments that do not fit on one level: positions, and those that come again with other values. */
  readonly more: Readonly<Record<string, readonly Segment[]>>;
}

/** A document's segments, header and positions apart. */
export function documentTold(segments: Segment): DocumentTold {
  const fields: Record<string, unknown> = {};
  const more: Record<string, Segment[]> = {};
  const keep = (name: string, segment: Segment): void => void (more[name] ??= []).push(segment);
  const take = (name: string, segment: Segment): void => {
    const qualifier = qualified[name] === undefined ? undefined : firstText(segment, [qualified[name]]);
    const prefix = qualifier === undefined ? name : `${name}.${qualifier}`;
    const plain = Object.entries(segment).filter(
      ([field, value]) => listOf(value) === undefined && field !== qualified[name],
    );
    const isNew = plain.every(([field, value]) => (fields[`${prefix}.${field}`] ?? value) === value);
    if (isNew) for (const [field, value] of plain) fields[`${prefix}.${field}`] ??= value;
    // The first of several counts for the rules; the others are not lost.
    else
      keep(
        name,
        without(segment, (_, value) => listOf(value) !== undefined),
      );
    walk(without(segment, (_, value) => listOf(value) === undefined));
  };
  const walk = (container: Segment): void => {
    for (const [name, value] of Object.entries(container)) {
      for (const segment of objectsOf(value)) {
        if (positions.includes(name)) keep(name, segment);
        else take(name, segment);
        // The order that a delivery belongs to stands in its positions.
        if (name === 'E1EDL24') fields['E1EDL24.VGBEL'] ??= segment.VGBEL;
      }
    }
  };
  walk(segments);
  return { fields, more };
}

/** Positions without what is told as a line; none where that is all. */
export function beyondLines(segments: readonly Segment[]): readonly Segment[] {
  const told = ['MENGE', 'MENEE', 'VPREI', 'NETWR'];
  return segments
    .map((position) => {
      const material = materialOf(position);
      const others = objectsOf(position.E1EDP19).filter((object) => object !== material);
      const rest = without(position, (name) => name === 'E1EDP19' || told.includes(name));
      return others.length === 0 ? rest : { ...rest, E1EDP19: others };
    })
    .filter((position) => Object.keys(position).some((name) => name !== 'POSEX'));
}

/** The positions of an order. */
export function orderLines(segments: Segment): readonly Fields[] {
  return objectsOf(segments.E1EDP01)
    .map(lineOf)
    .filter((line) => Object.keys(line).length > 0);
}

/** 002 is the vendor's number of the material, 001 the customer's. */
function materialOf(position: Segment): Segment | undefined {
  const objects = objectsOf(position.E1EDP19);
  return objects.find(({ QUALF }) => QUALF === '002') ?? objects.find(({ QUALF }) => QUALF === '001');
}

function lineOf(position: Segment): Fields {
  const material = materialOf(position);
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
