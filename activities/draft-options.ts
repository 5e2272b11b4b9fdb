import type { UseCase } from '../tenants/tenant';
import type { Proposal } from './engagement-types';
import type { Directive } from './lane-types';
import type { ActTemplate, SetTemplate } from '../tenants/act-template';

/** Proposals by the key under which an assistant may choose them. */
export type Options = ReadonlyMap<string, Proposal>;

/** More choices than this no model keeps apart. */
const mostOptions = 40;

const shown = (value: SetTemplate['value']): string => (typeof value === 'string' ? `"${value}"` : String(value));

/** What a template may come to, whatever the score: each field with a value, each class with its owner. Queues, notes and cases are not proposed. */
function proposals(template: ActTemplate): readonly Proposal[] {
  switch (template.kind) {
    case 'task':
    case 'case':
    case 'note':
      return [];
    case 'set':
      return [{ does: `set the field ${template.field} to ${shown(template.value)}`, template }];
    case 'route':
      if ('queue' in template) return [];
      return [
        ...Object.entries(template.to).map(([label, owner]) =>
          routed(template.field, owner, `the owner for "${label}"`),
        ),
        ...(template.otherwise === undefined
          ? []
          : [routed(template.field, template.otherwise, 'the owner for all else')]),
      ];
  }
}

function routed(field: string, value: string, whose: string): Proposal {
  return { does: `give the record to ${whose}`, template: { kind: 'set', field, value } };
}

/**
 * What may be proposed beyond a task: what the use case does in any of its bands, but for what the directive does by itself.
 * Fields and values are those of the tenant's file: an assistant only names a key.
 */
export function optionsOf({ act }: Pick<UseCase, 'act'>, { templates }: Pick<Directive, 'templates'>): Options {
  const same = ({ field, value }: SetTemplate): string => JSON.stringify([field, value]);
  const done = new Set(templates.flatMap((one) => (one.kind === 'set' ? [same(one)] : [])));
  const options = new Map<string, Proposal>();
  for (const proposal of Object.values(act).flat().flatMap(proposals)) {
    if (done.has(same(proposal.template)) || options.size === mostOptions) continue;
    done.add(same(proposal.template));
    options.set(`P${options.size + 1}`, proposal);
  }
  return options;
}
