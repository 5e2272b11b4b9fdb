import { setTimeout as wait } from 'node:timers/promises';
import type { RunningSalesforce } from '../../simulators/salesforce';
import { coldLead, hotLead } from '../line';

type Fields = Readonly<Record<string, string | number>>;

/** Between a hot and a cold lead: the model calls it warm. */
const warm: Fields = {
  ...{ ...coldLead, Contact__c: 'cellular', Month__c: 'apr' },
  ...{ Employment_Variation__c: -1.8, Consumer_Prices__c: 93.1, Euribor__c: 1.4, Employed__c: 5099.1 },
};

const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

/** Changes of one lead, its creation included. */
export const changesPerLead = 5;

/**
 * The life of one lead. Steps set different fields, so that a decision out of order would see values that the org never had
 * together; every fifth lead ends warm, the others hot or cold by turns.
 */
function stepsOf(lead: number): readonly Fields[] {
  const [first, second] = lead % 2 === 0 ? [hotLead, coldLead] : [coldLead, hotLead];
  const last = lead % 5 === 0 ? warm : lead % 3 === 0 ? first : second;
  return [
    { ...first, LastName: `Lead ${lead}` },
    { Day_Of_Week__c: days[lead % 5] ?? 'mon', Previous__c: 3 },
    second,
    { Campaign__c: 2 + (lead % 3), Day_Of_Week__c: days[(lead + 1) % 5] ?? 'tue' },
    last,
  ];
}

/** What happens in an org: leads are made and changed, many of them at a time. */
export interface Traffic {
  /** Changes made so far. */
  readonly done: () => number;
  /** The leads, once all is done. */
  readonly leads: Promise<readonly string[]>;
}

/**
 * Lets `count` leads live, at so many changes a second. Each lead's changes come in its own rhythm: some close together, so that
 * one batch holds several, others apart, so that a fault falls between them.
 */
export function startTraffic(org: RunningSalesforce, count: number, perSecond: number): Traffic {
  const plan = Array.from({ length: count }, (_, lead) => stepsOf(lead).map((fields, step) => ({ lead, step, fields })))
    .flat()
    .map((change) => ({ ...change, at: change.lead * changesPerLead + change.step * (1 + 30 * (change.lead % 7)) }))
    .sort((a, b) => a.at - b.at || a.step - b.step);
  const ids = new Map<number, string>();
  let done = 0;
  const live = async (): Promise<readonly string[]> => {
    const begun = performance.now();
    for (const { lead, fields } of plan) {
      const id = ids.get(lead);
      if (id === undefined) ids.set(lead, org.admin.create('Lead', fields));
      else org.admin.update(id, fields);
      done += 1;
      const early = (done / perSecond) * 1000 - (performance.now() - begun);
      if (early > 0) await wait(early);
    }
    return [...ids.values()];
  };
  return { done: () => done, leads: live() };
}
