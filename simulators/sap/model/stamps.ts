import { randomBytes, randomUUID } from 'node:crypto';

/** Midnight UTC of an instant. */
export const dayOf = (at: number): number => at - (at % 86_400_000);

/** `PT09H30M05S`. */
export const timeOf = (at: number): string => {
  const [hours = '', minutes = '', seconds = ''] = new Date(at).toISOString().slice(11, 19).split(':');
  return `PT${hours}H${minutes}M${seconds}S`;
};

/** `20260301093005`. */
const compact = (at: number): string =>
  new Date(at)
    .toISOString()
    .replaceAll(/[-:TZ]/g, '')
    .slice(0, 14);

/** The ETag property of a business partner: who changed it and when, in whole seconds. */
export const partnerStamp = (user: string, at: number): string =>
  `${user.padEnd(12, ' ').slice(0, 12).trim()}${compact(at)}`;

/** Numbers and ids that the systems give away. */
export class Numbers {
  readonly #next = new Map<string, number>();
  #ticks = 0;

  /** The next number of a range. */
  take(range: string, first: number): string {
    const number = this.#next.get(range) ?? first;
    this.#next.set(range, number + 1);
    return String(number);
  }

  /** 32 hex digits, as C4C gives to everything. */
  objectId(): string {
    return `00163E${randomBytes(13).toString('hex').toUpperCase()}`;
  }

  /** A GUID of S/4. */
  guid(): string {
    return randomUUID();
  }

  /** An ETag of an instant with seven digits, of which no two are equal. */
  instantTag(at: number): string {
    this.#ticks = (this.#ticks + 1) % 10_000;
    const text = new Date(at).toISOString().replace('Z', `${String(this.#ticks).padStart(4, '0')}Z`);
    return `W/"datetimeoffset'${text.replaceAll(':', '%3A')}'"`;
  }
}

/** The dashed form of 32 hex digits, in lower case as GUIDs are kept. */
export const dashed = (hex: string): string =>
  hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
