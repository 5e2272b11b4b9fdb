import { entityFields } from '../canonical-schema/catalog';
import { entityNames } from '../canonical-schema/entity';
import type { Mapping } from '../connectors/contract';
import type { Path } from './document';
import { durationMs } from './duration';
import { resolveSecrets, type SecretSources } from './secrets';
import type { Finding } from './shape-faults';
import { didYouMean } from './spelling';

/** `assistant` as the file has it, once its shape was checked. */
export interface WrittenAssistant {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly timeout?: string;
  readonly maxTokens?: number;
  readonly tokensPerDay?: number;
  readonly responseFormat?: Assistant['responseFormat'];
  readonly personal?: readonly string[];
}

/** A language model that drafts texts, behind an OpenAI-compatible API. */
export interface Assistant {
  readonly baseUrl: string;
  readonly model: string;
  /** Never print or log it. */
  readonly apiKey?: string;
  /** Milliseconds for a draft, retries included. */
  readonly timeoutMs: number;
  /** Tokens of an answer, at most. */
  readonly maxTokens: number;
  /** Tokens within 24 hours, asked and answered, at most. */
  readonly tokensPerDay: number;
  readonly responseFormat: 'json_schema' | 'json_object';
  /** Fields and attributes whose whole value is masked, beside those that the schema knows. */
  readonly personal: readonly string[];
}

/** A draft holds the task up, so it may not take long; what is shorter is no answer's time. */
const shortest = 1_000;
const longest = 5 * 60_000;

const timeoutOf = ({ timeout = 'PT20S' }: WrittenAssistant): number => durationMs(timeout) ?? Number.NaN;

/** Names of this machine, where nothing leaves it. */
const isHere = (url: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);

const urlFindings = (path: Path, { baseUrl, apiKey }: WrittenAssistant): readonly Finding[] => {
  if (!URL.canParse(baseUrl)) {
    const fix = 'write the address of the API, for example https://models.acme.example/v1';
    return [{ path, message: `"${baseUrl}" is no address`, fix }];
  }
  if (apiKey === undefined || baseUrl.startsWith('https:') || isHere(baseUrl)) return [];
  const message = 'the API key would go over the network in clear';
  return [{ path, message, fix: 'write https://, or reach the endpoint through this machine' }];
};

/** A name that no record has would mask nothing, and nobody would notice. */
const personalFindings = (
  path: Path,
  { personal = [] }: WrittenAssistant,
  mappings: Readonly<Record<string, Mapping>>,
): readonly Finding[] => {
  const mapped = Object.values(mappings).flatMap((mapping) =>
    Object.values(mapping).flatMap((fields) => Object.keys(fields)),
  );
  const known = new Set([...entityNames.flatMap((entity) => entityFields(entity)), ...mapped]);
  return personal.flatMap((field, index) => {
    if (known.has(field)) return [];
    const message = `no record has a field or attribute "${field}"`;
    return [{ path: [...path, index], message, fix: didYouMean(field, [...known]) }];
  });
};

/** An assistant with the key behind its reference, or what is wrong with it. */
export const readAssistant = (
  written: WrittenAssistant,
  mappings: Readonly<Record<string, Mapping>>,
  tenantFile: string,
  sources: SecretSources,
): { readonly assistant: WrittenAssistant; readonly findings: readonly Finding[] } => {
  const path = ['assistant'];
  const { value, missing } = resolveSecrets({ apiKey: written.apiKey }, tenantFile, sources);
  const { apiKey } = value as Pick<WrittenAssistant, 'apiKey'>;
  const findings: Finding[] = missing.map(({ path: within, ...rest }) => ({ path: [...path, ...within], ...rest }));
  findings.push(...urlFindings([...path, 'baseUrl'], written));
  findings.push(...personalFindings([...path, 'personal'], written, mappings));
  const timeout = timeoutOf(written);
  if (timeout < shortest || timeout > longest) {
    const message = `a draft cannot take ${written.timeout ?? ''}`;
    findings.push({ path: [...path, 'timeout'], message, fix: 'write a time from PT1S to PT5M' });
  }
  return { assistant: { ...written, ...(apiKey === undefined ? {} : { apiKey }) }, findings };
};

/** With the defaults filled in. Only for one without findings. */
export const toAssistant = (written: WrittenAssistant): Assistant => {
  const { baseUrl, model, apiKey, maxTokens = 1_000, tokensPerDay = 200_000 } = written;
  const { responseFormat = 'json_schema', personal = [] } = written;
  return {
    ...{ baseUrl, model, timeoutMs: timeoutOf(written), maxTokens, tokensPerDay, responseFormat, personal },
    ...(apiKey === undefined ? {} : { apiKey }),
  };
};
