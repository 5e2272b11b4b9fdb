import type { ActionResult } from '../../canonical-schema/action';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { dataSchemaOf, parseSubject, partitionKey } from '../../canonical-schema/identity';
import { type SchemaFault, validateActionResult, validateEvent } from '../../canonical-schema/validate';
import type { AnyConnector } from '../../connectors/contract';

/** What is wrong with an event: by its schema, and by what the contract says beyond it of how its parts fit together. */
export function envelopeFaults(event: CanonicalEvent, connector: AnyConnector): readonly string[] {
  const { data } = event;
  const id = parseSubject(event.subject)?.id ?? '';
  const crm = event.source.split('/')[3] ?? '';
  const rules: readonly (readonly [isKept: boolean, rule: string])[] = [
    [crm === connector.name, `source ${event.source} does not name ${connector.name}`],
    [event.dataschema === dataSchemaOf(data.entity), `dataschema ${event.dataschema} is not that of ${data.entity}`],
    [event.partitionkey === partitionKey(event.tenantid, crm, data.entity, id), 'partitionkey is not the record'],
    [connector.emits.includes(data.entity), `${connector.name} does not say that it emits ${data.entity}`],
  ];
  return [...validateEvent(event).map(sentence), ...rules.filter(([isKept]) => !isKept).map(([, rule]) => rule)];
}

/** What is wrong with a sink's answer, by its schema. */
export function resultFaults(result: ActionResult): readonly string[] {
  return validateActionResult(result).map(sentence);
}

function sentence({ path, message }: SchemaFault): string {
  return `${path} ${message}`;
}

/** Numbers that have lost digits on the way, and what JSON cannot say at all, each with its place. */
export function inexactNumbers(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => inexactNumbers(inner, `${path}/${key}`));
  }
  if (typeof value === 'number') return isExact(value) ? [] : [`${path}: ${value} may have lost digits: send a text`];
  return value === null || ['string', 'boolean'].includes(typeof value)
    ? []
    : [`${path}: a ${typeof value} is not JSON`];
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
