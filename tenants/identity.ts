import type { CanonicalRecord, EntityName } from '../canonical-schema/entity';
import type { Mapping } from '../connectors/contract';
import type { Path } from './document';
import { type CompiledValue, compileValue, recordScope } from './expression';
import { hashKey, isCountry, type IdentityKind, normaliseKey } from './identity-key';
import { connectionFindings, expressionFindings, namesAbout } from './names';
import { resolveSecrets, type SecretSources } from './secrets';
import type { Finding } from './shape-faults';

/** Where a rule finds its key, as the file has it. */
interface WrittenMatch {
  readonly connection?: string;
  readonly entity: EntityName;
  readonly key: string;
  readonly shared?: boolean;
}

/** `identity` as the file has it, once its shape was checked. */
export interface WrittenIdentity {
  readonly secret: string;
  readonly country?: string;
  readonly rules: Readonly<Record<string, { readonly kind: IdentityKind; readonly match: readonly WrittenMatch[] }>>;
}

/** The identity keys of a record, each `<rule>:<hash>`, in order and each once. */
export interface IdentityKeys {
  /** The record's own: no other record of its CRM and entity may have it, or it links nothing. */
  readonly own: readonly string[];
  /** Those that it shares with others of the same customer. */
  readonly shared: readonly string[];
}

/** By which keys a customer's records in several CRMs are known to be one customer's. */
export interface Identity {
  /** Pure. Rejects with ExpressionError where a rule's expression fails on the record. */
  keysOf(connection: string, entity: EntityName, record: CanonicalRecord): Promise<IdentityKeys>;
}

/** Of these a customer has one in each CRM, unless the rule says otherwise. */
const ofOneCustomer: ReadonlySet<EntityName> = new Set<EntityName>(['lead', 'contact', 'account']);

/** Who has more e-mail addresses than this in one field has none that tells who it is. */
const mostOfOneMatch = 10;

const none: IdentityKeys = { own: [], shared: [] };

interface Match {
  readonly rule: string;
  readonly kind: IdentityKind;
  readonly connection: string | undefined;
  readonly entity: EntityName;
  readonly shared: boolean;
  readonly key: CompiledValue;
}

/** What a key's expression may begin with. */
const roots = ['record', 'entity'] as const;

/** Compiles a tenant's rules. Only for those without findings. */
export const toIdentity = (tenant: string, { secret, country, rules }: WrittenIdentity): Identity => {
  const matches = Object.entries(rules).flatMap(([rule, { kind, match }]) =>
    match.map(({ connection, entity, key, shared }): Match => {
      return { rule, kind, connection, entity, shared: shared ?? !ofOneCustomer.has(entity), key: compileValue(key) };
    }),
  );
  const keysBy = async ({ rule, kind, key }: Match, scope: Parameters<CompiledValue['evaluate']>[0]) => {
    const value = await key.evaluate(scope);
    const texts = (Array.isArray(value) ? value : [value]).slice(0, mostOfOneMatch + 1);
    if (texts.length > mostOfOneMatch) return [];
    return texts.flatMap((text: unknown) => {
      const normalised = normaliseKey(kind, text, country);
      return normalised === undefined ? [] : [hashKey(secret, tenant, rule, normalised)];
    });
  };
  return {
    keysOf: async (connection, entity, record) => {
      const ours = matches.filter((one) => one.entity === entity && (one.connection ?? connection) === connection);
      if (ours.length === 0) return none;
      const scope = { record: recordScope(record), entity };
      const own = new Set<string>();
      const shared = new Set<string>();
      for (const match of ours) {
        for (const key of await keysBy(match, scope)) (match.shared ? shared : own).add(key);
      }
      return { own: [...own].sort(), shared: [...shared].filter((key) => !own.has(key)).sort() };
    },
  };
};

const matchFindings = (
  path: Path,
  match: WrittenMatch,
  mappings: Readonly<Record<string, Mapping>>,
): readonly Finding[] => {
  const unknown = connectionFindings([...path, 'connection'], match.connection, mappings);
  if (unknown.length > 0) return unknown;
  return expressionFindings([...path, 'key'], match.key, { ...namesAbout(match, mappings), roots });
};

const ruleFindings = (
  path: Path,
  { kind, match }: WrittenIdentity['rules'][string],
  country: string | undefined,
  mappings: Readonly<Record<string, Mapping>>,
): readonly Finding[] => {
  const found = match.flatMap((one, index) => matchFindings([...path, 'match', index], one, mappings));
  if (kind !== 'phone' || country !== undefined) return found;
  const message = 'it is not said which country a phone number without one belongs to';
  return [{ path: [...path, 'kind'], message, fix: 'add country: to identity, for example country: DE' }, ...found];
};

/** A tenant's rules with the secret behind its reference, or what is wrong with them. */
export const readIdentity = (
  written: WrittenIdentity,
  mappings: Readonly<Record<string, Mapping>>,
  tenantFile: string,
  sources: SecretSources,
): { readonly identity: WrittenIdentity; readonly findings: readonly Finding[] } => {
  const path = ['identity'];
  const { value, missing } = resolveSecrets({ secret: written.secret }, tenantFile, sources);
  const { secret } = value as Pick<WrittenIdentity, 'secret'>;
  const { country, rules } = written;
  const findings: Finding[] = missing.map(({ path: within, ...rest }) => ({ path: [...path, ...within], ...rest }));
  if (missing.length === 0 && secret.length < 32) {
    const message = 'what the reference leads to is shorter than 32 characters';
    findings.push({ path: [...path, 'secret'], message, fix: 'make one, e.g. by openssl rand -base64 32' });
  }
  if (country !== undefined && !isCountry(country)) {
    const message = `"${country}" is no country's code`;
    findings.push({ path: [...path, 'country'], message, fix: 'write the two letters of ISO 3166, for example DE' });
  }
  for (const [rule, one] of Object.entries(rules)) {
    findings.push(...ruleFindings([...path, 'rules', rule], one, country, mappings));
  }
  return { identity: { ...written, secret }, findings };
};
