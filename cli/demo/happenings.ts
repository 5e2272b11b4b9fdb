import { setTimeout as wait } from 'node:timers/promises';
import type { DemoCase } from './generate-cases';
import type { NativeLead } from './lead-fields';
import type { Org, OrgRecord } from './org';

/** How the demo's CRM lives on. */
export interface Happenings {
  /** Leads created. */
  readonly created: number;
  readonly changed: number;
  readonly completed: number;
  readonly converted: number;
}

/** Creates leads at a steady rate, each in a request of its own, as people and forms do. */
export async function createLeads(
  org: Org,
  leads: Iterable<NativeLead> | AsyncIterable<NativeLead>,
  perSecond: number,
  onCreated: (created: number) => void,
): Promise<number> {
  const begun = performance.now();
  let created = 0;
  for await (const lead of leads) {
    await org.createLead(lead);
    created += 1;
    onCreated(created);
    const early = (created / perSecond) * 1000 - (performance.now() - begun);
    if (early > 0) await wait(early);
  }
  return created;
}

/** Lets customers write. */
export async function createCases(org: Org, cases: Iterable<DemoCase>): Promise<number> {
  let created = 0;
  for (const { Subject, Description } of cases) {
    await org.createCase({ Subject, Description });
    created += 1;
  }
  return created;
}

/**
 * Lets people work with what they got: some leads cool down, some warm up, some tasks are completed, some leads convert.
 * Every fourth lead with a task each, in a fixed order.
 */
export async function liveOn(org: Org): Promise<Omit<Happenings, 'created'>> {
  const tasks = (await org.records('Task')).filter(isOpen);
  const counts = { changed: 0, completed: 0, converted: 0 };
  for (const [index, task] of tasks.entries()) {
    const lead = String(task.WhoId);
    if (index % 4 === 0) {
      await org.updateLead(lead, {
        Campaign__c: 5,
        Previous_Outcome__c: 'failure',
        Contact__c: 'telephone',
        Month__c: 'may',
        Employed__c: 5228,
        Euribor__c: 4.9,
        Employment_Variation__c: 1.4,
      });
      counts.changed += 1;
    } else if (index % 4 === 1) {
      await org.updateLead(lead, {
        Previous_Outcome__c: 'success',
        Pdays__c: 3,
        Previous__c: 2,
        Contact__c: 'cellular',
        Month__c: 'mar',
      });
      counts.changed += 1;
    } else if (index % 4 === 2) {
      await org.completeTask(task.Id);
      counts.completed += 1;
    } else {
      await org.convertLead(lead);
      counts.converted += 1;
    }
  }
  return counts;
}

function isOpen(task: OrgRecord): boolean {
  return task.IsDeleted !== true && task.Status !== 'Completed' && typeof task.WhoId === 'string';
}
