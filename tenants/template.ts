/** What a template may name: see {@link templateRoots}. Values are plain JSON. */
export type TemplateScope = Readonly<Record<string, unknown>>;

/** The names that a placeholder may begin with. */
export const templateRoots = [
  'record',
  'score',
  'percent',
  'band',
  'label',
  'ranking',
  'reasons',
  'usecase',
  'decision',
  'related',
] as const;

/** A template's text after filling in, and the placeholders that nothing was found for. */
export interface Rendered {
  readonly text: string;
  readonly missing: readonly string[];
}

/** `{{ path }}` or `{{ path | format }}` in a template. */
export interface Placeholder {
  /** From the template's begin, in UTF-16 units. */
  readonly position: number;
  readonly path: readonly string[];
  readonly format?: string;
}

/** A template that cannot be read. */
export class TemplateError extends Error {
  constructor(
    message: string,
    readonly fix: string,
    readonly position: number,
  ) {
    super(message);
    this.name = 'TemplateError';
  }
}

const asDate = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

/** Formats after the bar. A value that does not fit its format stays as it is. */
const formats: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  /** 0.873 -> `87 %` */
  percent: (value) => (typeof value === 'number' ? `${Math.round(value * 100)} %` : undefined),
  /** `2026-11-23` (UTC) */
  date: (value) => asDate(value)?.toISOString().slice(0, 10),
  /** `2026-11-23 06:43 UTC` */
  datetime: (value) =>
    asDate(value)
      ?.toISOString()
      .replace(/^(.{10})T(.{5}).*$/, '$1 $2 UTC'),
};

const placeholderPattern = /\{\{([^{}]*)\}\}/g;
const inside = /^\s*([A-Za-z_]\w*(?:\.\w+)*)\s*(?:\|\s*([A-Za-z]*)\s*)?$/;

/** The placeholders of a template, in order. Throws TemplateError. */
export const placeholders = (template: string): readonly Placeholder[] => {
  const found: Placeholder[] = [];
  const rest = template.replace(placeholderPattern, (text: string, content: string, position: number) => {
    const match = inside.exec(content);
    if (match === null) {
      throw new TemplateError(`${text} is no placeholder`, 'write {{record.name}} or {{score | percent}}', position);
    }
    const [, path = '', format] = match;
    if (format !== undefined && !Object.hasOwn(formats, format)) {
      const known = Object.keys(formats).join(', ');
      throw new TemplateError(`there is no format "${format}"`, `use one of: ${known}`, position + text.indexOf('|'));
    }
    found.push({ position, path: path.split('.'), ...(format === undefined ? {} : { format }) });
    return ' '.repeat(text.length);
  });
  const open = rest.search(/\{\{|\}\}/);
  if (open >= 0) {
    throw new TemplateError('a placeholder has no other end', 'write {{record.name}}, with both pairs of braces', open);
  }
  return found;
};

const look = (scope: TemplateScope, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    scope,
  );

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const asText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(asText).join('\n');
  if (typeof value === 'object' && value !== null) {
    const text = (value as { readonly text?: unknown }).text;
    return typeof text === 'string' ? text : JSON.stringify(value);
  }
  return String(value);
};

const shorten = (text: string, most: number): string => {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/** Control characters other than line breaks and tabs have no place in a CRM's text field. */
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

const fill = (template: string, scope: TemplateScope): Rendered => {
  const missing: string[] = [];
  let text = '';
  let end = 0;
  // One pass over the template: what was filled in is never read again, so a lead named "{{score}}" keeps its name.
  for (const { position, path, format } of placeholders(template)) {
    const value = look(scope, path);
    text += template.slice(end, position);
    end = template.indexOf('}}', position) + '}}'.length;
    if (isAbsent(value)) missing.push(path.join('.'));
    else text += (format === undefined ? undefined : formats[format]?.(value)) ?? asText(value);
  }
  return { text: text + template.slice(end), missing };
};

/** A text as one line of at most so many characters, as it is: nothing in it is filled in. */
export const oneLine = (text: string, most: number): string => {
  const line = text
    .replace(/\s*[\r\n]+\s*/g, '; ')
    .replace(control, '')
    .replace(/\s+/g, ' ')
    .trim();
  return shorten(line, most);
};

/** A text of several lines and at most so many characters, as it is: nothing in it is filled in. */
export const severalLines = (text: string, most: number): string =>
  shorten(text.replace(/\r\n?/g, '\n').replace(control, ''), most);

/** A task's subject: one line of at most 255 characters. Pure. Throws TemplateError. */
export const renderLine = (template: string, scope: TemplateScope, most = 255): Rendered => {
  const { text, missing } = fill(template, scope);
  return { text: oneLine(text, most), missing };
};

/** A text of several lines, of at most 32,000 characters (Salesforce's long text area). Pure. Throws TemplateError. */
export const renderText = (template: string, scope: TemplateScope, most = 32_000): Rendered => {
  const { text, missing } = fill(template, scope);
  return { text: severalLines(text, most), missing };
};

/**
 * A field's value. A text that is one bare placeholder keeps the type of what it names, so that `{{percent}}` is a number;
 * null when that is absent.
 */
export const renderValue = (
  value: string | number | boolean | null,
  scope: TemplateScope,
): { readonly value: string | number | boolean | null; readonly missing: readonly string[] } => {
  if (typeof value !== 'string') return { value, missing: [] };
  const [only, more] = placeholders(value);
  if (only !== undefined && more === undefined && only.format === undefined && /^\{\{[^{}]*\}\}$/.test(value.trim())) {
    const named = look(scope, only.path);
    if (isAbsent(named)) return { value: null, missing: [only.path.join('.')] };
    if (typeof named === 'number' || typeof named === 'boolean') return { value: named, missing: [] };
  }
  const { text, missing } = renderText(value, scope);
  return { value: text, missing };
};
