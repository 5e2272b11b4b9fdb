import { resolve, dirname } from 'node:path';

/** How a secret is written in a tenant's file: never itself, only where it is to be found. */
export const referencePattern = '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';
const reference = new RegExp(referencePattern);

/** Where secrets are looked up. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; throws when it cannot. */
  readonly readFile: (path: string) => string;
}

/** A reference that leads nowhere. */
export interface MissingSecret {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

const environment = (name: string, { env }: SecretSources): string => {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new SecretNotFound(
      `the environment variable ${name} is not set`,
      `set it before starting, e.g. export ${name}=…; or write file:PATH to read it from a file`,
    );
  }
  return value;
};

/** Relative paths start at the tenant's file. A line break at the end belongs to the file, not to the secret. */
const fromFile = (path: string, tenantFile: string, { readFile }: SecretSources): string => {
  const absolute = resolve(dirname(tenantFile), path);
  let text: string;
  try {
    text = readFile(absolute);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SecretNotFound(
      `the secret's file ${absolute} cannot be read (${code})`,
      'put the secret there and let the user that runs Signalbox read it; or write env:NAME',
    );
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw new SecretNotFound(`the secret's file ${absolute} is empty`, 'put the secret there');
  return value;
};

class SecretNotFound extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
    this.name = 'SecretNotFound';
  }
}

/**
 * A copy of a configuration with every `env:NAME` and `file:PATH` replaced by what it refers to, and the references that
 * lead nowhere. The messages name references, never values.
 */
export const resolveSecrets = (
  config: unknown,
  tenantFile: string,
  sources: SecretSources,
): { readonly value: unknown; readonly missing: readonly MissingSecret[] } => {
  const missing: MissingSecret[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    if (typeof value !== 'string' || !reference.test(value)) return value;
    try {
      return value.startsWith('env:')
        ? environment(value.slice('env:'.length), sources)
        : fromFile(value.slice('file:'.length), tenantFile, sources);
    } catch (error) {
      if (!(error instanceof SecretNotFound)) throw error;
      missing.push({ path, message: error.message, fix: error.fix });
      return value;
    }
  };
  return { value: walk(config, []), missing };
};
