import type { WorkflowHandle } from '@temporalio/client';
import type { Approved } from '../../workflows/engagement-state';
import type { Answered, LearningInput } from '../../workflows/learning';
import type { LaneStatus } from '../../workflows/lane';
import { gapId, laneId, names, rhythmId, subscriptionId, taskQueues } from '../../workflows/names';
import { countNow } from '../../services/rhythm';
import { eventOf } from '../fixtures/events';
import { decide, leadOf, recordOf, type TenantsLine } from '../integration/tenants-line';
import { engagementOf, tasksAbout, untilProposed, untilTask } from '../integration/watch';
import { learner, turnedRound } from '../integration/turned-round';
import { coldLead, hotLead, until } from '../line';

/**
 * The tenants that the scenarios of one line need.
 * @param assistantUrl of the endpoint that drafts for one of them
 */
export const variantsWith = (assistantUrl: string) => ({
  usual: {},
  approval: { useCase: { approval: 'required' } },
  brief: { useCase: { outcome: { within: 'PT2S' } } },
  chased: {
    useCase: {
      act: { hot: [{ task: { subject: 'Call {{record.name}}', overdue: [{ after: 'PT1S', priority: 'high' }] } }] },
      outcome: { within: 'PT3S' },
    },
  },
  learns: { useCase: { learning: { window: 1000 } } },
  picky: { useCase: { when: '$number(record.company) > 0' } },
  rhythmic: {
    useCase: {
      ...{ model: 'rhythm', entity: 'rhythm', when: 'record.count >= 0', bands: { unusual: 0.5 } },
      act: { unusual: [{ task: { subject: '{{reasons.0}}', assignTo: '005000000000001AAA' } }] },
      outcome: { within: 'P7D' },
    },
  },
  assisted: {
    assistant: { baseUrl: assistantUrl, model: 'local-model' },
    useCase: {
      act: {
        hot: [{ task: { subject: 'Call {{record.name}} today', draft: true } }],
        warm: [{ set: { field: 'Rating', value: 'Warm' } }],
      },
    },
  },
});

type VariantName = keyof ReturnType<typeof variantsWith>;
type ScenarioLine = TenantsLine<VariantName>;

/** Leads something to happen and gives the run that dealt with it. */
export type Scenario = (line: ScenarioLine) => Promise<WorkflowHandle>;

/** By workflow, then by name. Those of the lane hand over what they want decided; the others happen in the CRM. */
export const scenarios = {
  lane: { batches: laneBatches, stalled: laneStalled },
  engagement: {
    moot: engagementMoot,
    completed: (line) =>
      ended(line, 'usual', ({ taskId }) => {
        line.org.admin.completeTask(taskId);
      }),
    won: (line) =>
      ended(line, 'usual', ({ lead }) => {
        line.org.admin.convertLead(lead);
      }),
    expired: (line) => ended(line, 'brief', () => undefined),
    overdue: (line) => ended(line, 'chased', () => undefined),
    approved: (line) => answered(line, 'approve'),
    refused: (line) => answered(line, 'refuse'),
    drafted: draftedAndProposed,
  },
  subscription: { 'expired-position': positionExpired },
  fillGap: { backfill: gapFilled },
  rhythm: { counted: hoursCounted },
  learning: { promoted: learnt, steady: unmoved },
  dueLearning: { begun: due },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Scenario>>>>;

/** A lane of its own: the dispatcher knows no such partition. */
const partition = 99;

/** A run that counts by itself and when it is asked, up to the next one. */
async function hoursCounted({ signalbox, tenants }: ScenarioLine): Promise<WorkflowHandle> {
  const { temporal } = signalbox.runtime;
  const ref = { tenant: tenants.rhythmic.tenant, connection: 'sales' };
  const newest = temporal.workflow.getHandle(rhythmId(ref.tenant, ref.connection));
  const { runId } = await newest.describe();
  await countNow(temporal, ref, { latenessMs: 0 });
  await until('the next run', async () => (await newest.describe()).runId !== runId, 90_000);
  return temporal.workflow.getHandle(newest.workflowId, runId);
}

async function laneBatches(line: ScenarioLine): Promise<WorkflowHandle> {
  const { admin } = line.org;
  const tenant = line.tenants.picky;
  const good = admin.create('Lead', leadOf('1'));
  const bad = admin.create('Lead', leadOf('not a number'));
  const at = clock();
  const about = (id: string, company: string, native: typeof hotLead | typeof coldLead = hotLead) => ({
    tenant: tenant.tenant,
    time: at(),
    record: recordOf(id, leadOf(company, native)),
  });
  const created = eventOf({ ...about(good, '1'), id: 'created' });
  const batch = (id: string, ...events: ReturnType<typeof eventOf>[]) =>
    decide(line, tenant, { id, partition, events });
  await batch('b1', created, eventOf({ ...about(bad, 'not a number'), id: 'poison' }));
  await batch(
    'b2',
    created,
    eventOf({ ...about(good, '1'), id: 'echo', origin: 'self', change: { kind: 'updated' } }),
    eventOf({ ...about(good, '1', coldLead), id: 'cooled', change: { kind: 'updated' } }),
  );
  const told = eventOf({ ...about(good, '1'), id: 'told-of', change: { kind: 'updated', gap: true } });
  await batch('b3', { ...told, data: { ...told.data, provenance: { record: 'missing' } } });
  return line.signalbox.runtime.temporal.workflow.getHandle(laneId(tenant.tenant, partition));
}

/** The CRM does not answer, so that a record cannot be read; a person takes the event out of the way. */
async function laneStalled(line: ScenarioLine): Promise<WorkflowHandle> {
  const tenant = line.tenants.usual;
  const id = line.org.admin.create('Lead', leadOf('usual'));
  const event = eventOf({
    tenant: tenant.tenant,
    id: 'unreadable',
    time: clock()(),
    record: { id },
    change: { kind: 'updated', gap: true },
    provenance: 'missing',
  });
  const lane = line.signalbox.runtime.temporal.workflow.getHandle(laneId(tenant.tenant, partition));
  line.org.admin.fault({ kind: 'serverUnavailable', times: 1_000 });
  const deciding = decide(line, tenant, { id: 'b1', partition, events: [event] });
  await until('the lane to say that it is stalled', async () => {
    const status = await lane.query<LaneStatus>(names.laneStatus).catch(() => undefined);
    return status?.stalled;
  });
  await lane.signal(names.park, { eventid: event.id, because: 'recorded' });
  line.org.admin.fault({ kind: 'clear' });
  await deciding;
  return lane;
}

interface Engaged {
  readonly lead: string;
  readonly taskId: string;
  readonly run: WorkflowHandle;
}

async function engaged(line: ScenarioLine, variant: VariantName): Promise<Engaged> {
  const lead = line.org.admin.create('Lead', leadOf(variant));
  const taskId = await untilTask(line, line.tenants[variant], lead);
  return { lead, taskId, run: engagementOf(line, line.tenants[variant], lead) };
}

async function engagementMoot(line: ScenarioLine): Promise<WorkflowHandle> {
  const { lead, run } = await engaged(line, 'usual');
  line.org.admin.update(lead, { Contact__c: 'telephone' });
  await until('the task to tell what changed', () =>
    tasksAbout(line, lead).some(({ Description }) => /Changed: /.test(String(Description))),
  );
  line.org.admin.update(lead, leadOf('usual', coldLead));
  await run.result();
  return run;
}

async function ended(
  line: ScenarioLine,
  variant: VariantName,
  end: (engagement: Engaged) => void,
): Promise<WorkflowHandle> {
  const engagement = await engaged(line, variant);
  end(engagement);
  await engagement.run.result();
  return engagement.run;
}

async function answered(line: ScenarioLine, verdict: Approved['verdict']): Promise<WorkflowHandle> {
  const { approval } = line.tenants;
  const lead = line.org.admin.create('Lead', leadOf('approval'));
  const run = engagementOf(line, approval, lead);
  const decisionid = await untilProposed(run);
  await run.executeUpdate<undefined, [Approved]>(names.approve, { args: [{ decisionid, by: 'recorder', verdict }] });
  if (verdict === 'approve') line.org.admin.remove(await untilTask(line, approval, lead));
  await run.result();
  return run;
}

/** An assistant drafts and proposes; a person agrees, and completes the task. */
async function draftedAndProposed(line: ScenarioLine): Promise<WorkflowHandle> {
  const { lead, taskId, run } = await engaged(line, 'assisted');
  const decisionid = await untilProposed(run);
  await run.executeUpdate<undefined, [Approved]>(names.approve, {
    args: [{ decisionid, by: 'recorder', verdict: 'approve' }],
  });
  await until('what was proposed to be done', () =>
    line.org.admin.records('Lead').some(({ Id, Rating }) => Id === lead && Rating === 'Warm'),
  );
  line.org.admin.completeTask(taskId);
  await run.result();
  return run;
}

async function positionExpired(line: ScenarioLine): Promise<WorkflowHandle> {
  const { temporal } = line.signalbox.runtime;
  const id = subscriptionId(line.tenants.usual.tenant, 'sales', '/data/LeadChangeEvent');
  const { runId } = await temporal.workflow.getHandle(id).describe();
  line.org.admin.fault({ kind: 'expiredReplayId' });
  line.org.admin.fault({ kind: 'dropStream', times: 20 });
  await closedGap(line);
  line.org.admin.fault({ kind: 'clear' });
  return temporal.workflow.getHandle(id, runId);
}

async function gapFilled(line: ScenarioLine): Promise<WorkflowHandle> {
  const { tenant } = line.tenants.usual;
  return line.signalbox.runtime.temporal.workflow.getHandle(gapId(tenant, await closedGap(line)));
}

function closedGap(line: ScenarioLine): Promise<string> {
  return until('a gap to be closed', async () => {
    const gaps = await line.signalbox.runtime.ledger.gaps.list(line.tenants.usual.tenant, 'all');
    return gaps.find(({ closedat, stream }) => closedat !== undefined && stream === '/data/LeadChangeEvent')?.id;
  });
}

/** A challenger that learns what was turned round, until a person agrees to it. */
async function learnt({ signalbox, tenants }: ScenarioLine): Promise<WorkflowHandle> {
  const { shipped, decided, told, inShadow, run, begin, untilStatus } = learner(signalbox, tenants.learns.tenant);
  await told(await decided(shipped, 1000), turnedRound);
  await begin('drift');
  const { digest = '' } = await untilStatus('shadow');
  await inShadow(digest);
  await untilStatus('asked');
  await run().executeUpdate<undefined, [Answered]>(names.answer, { args: [{ by: 'recorder', verdict: 'approve' }] });
  await run().result();
  return run();
}

async function unmoved({ signalbox, tenants }: ScenarioLine): Promise<WorkflowHandle> {
  const { run, begin } = learner(signalbox, tenants.usual.tenant);
  await begin('drift');
  await run().result();
  return run();
}

async function due({ signalbox, tenants }: ScenarioLine): Promise<WorkflowHandle> {
  const { tenant } = tenants.brief;
  const { workflow } = signalbox.runtime.temporal;
  const input: LearningInput = { tenant, usecase: 'lead-scoring', because: 'the schedule', when: 'drift' };
  const options = { workflowId: `due/${tenant}`, taskQueue: taskQueues.decide, args: [input] as [LearningInput] };
  const run = await workflow.start(names.dueLearning, options);
  await run.result();
  return run;
}

/** Times that go up by a second, from now on: later than what the simulated org has stored. */
function clock(): () => string {
  let next = Date.now();
  return () => new Date((next += 1_000)).toISOString();
}
