import assert from 'node:assert/strict';
import type {
  Action,
  ActionResult,
  AddNote,
  CreateCase,
  CreateTask,
  SetFields,
} from '../../../canonical-schema/action';
import type { Connection } from '../../../connectors/contract';
import { resultFaults } from '../envelope';
import { examine, type Examination, pump } from '../examine';
import type { Clause, Crm, WrittenRecord } from '../subject';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

function base(id: string, about: WrittenRecord) {
  return {
    id: `contract-${id}`,
    tenantid: 'contract',
    connection: 'main',
    decisionid: `decision-${id}`,
    about,
  } as const;
}

function createTask(id: string, about: WrittenRecord): CreateTask {
  const task = { subject: `Call ${about.id}`, description: 'Contract suite', priority: 'normal' } as const;
  return { kind: 'create-task', ...base(id, about), task };
}

function addNote(id: string, about: WrittenRecord): AddNote {
  return { kind: 'add-note', ...base(id, about), note: { title: `Of ${about.id}`, text: 'Contract suite' } };
}

function createCase(id: string, about: WrittenRecord): CreateCase {
  const content = { subject: `About ${about.id}`, description: 'Contract suite', priority: 'high' } as const;
  return { kind: 'create-case', ...base(id, about), case: content };
}

function setField({ crm }: Examination, id: string, about: WrittenRecord, expectedVersion?: string): SetFields {
  const version = expectedVersion === undefined ? {} : { expectedVersion };
  return { kind: 'set-fields', ...base(id, about), fields: { [crm.settableField]: id }, ...version };
}

async function applyOne({ sink }: Connection<unknown>, action: Action): Promise<ActionResult> {
  const results = await sink.apply([action], signal());
  const [result] = results;
  assert.ok(result !== undefined && results.length === 1, 'not one result per action');
  assert.equal(result.actionId, action.id);
  assert.deepEqual(resultFaults(result), []);
  return result;
}

export const C15: Clause = {
  title: 'applied twice and eight times concurrently: one effect',
  check: (subject) =>
    examine(subject, async ({ crm, connect }) => {
      const [connection, other] = [await connect(), await connect()];
      const about = await crm.write(0, 'a0');
      await hasOneEffect(
        [connection, other],
        (id) => createTask(id, about),
        (id) => crm.tasksOf(id),
      );
      if (subject.connector.accepts.includes('add-note')) {
        const { notesOf } = crm;
        assert.ok(notesOf !== undefined, 'the subject cannot count notes');
        await hasOneEffect([connection, other], (id) => addNote(`note-${id}`, about), notesOf);
      }
      if (subject.connector.accepts.includes('create-case')) {
        await hasOneEffect([connection, other], (id) => createCase(`case-${id}`, about), casesIn(crm));
      }
    }),
};

async function hasOneEffect(
  [connection, other]: readonly [Connection<unknown>, Connection<unknown>],
  make: (id: string) => Action,
  count: (actionId: string) => Promise<number>,
): Promise<void> {
  const twice = make('twice');
  const first = await applyOne(connection, twice);
  const second = await applyOne(connection, twice);
  assert.equal(first.outcome, 'applied', JSON.stringify(first));
  assert.equal(second.outcome, 'already-applied', JSON.stringify(second));
  assert.equal(second.nativeId, first.nativeId);
  assert.equal(await count(twice.id), 1);
  const often = make('often');
  const calls = Array.from({ length: 8 }, (_, n) => applyOne(n % 2 === 0 ? connection : other, often));
  for (const result of await Promise.all(calls)) {
    // Losing a race is no failure of the action, but the CRM may say so: then the next try finds the first.
    const settled =
      result.outcome === 'failed' && result.failure === 'retryable' ? await applyOne(other, often) : result;
    assert.notEqual(settled.outcome, 'failed', JSON.stringify(settled));
  }
  assert.equal(await count(often.id), 1, 'more than one effect');
  const inOneBatch = make('same-batch');
  const results = await connection.sink.apply([inOneBatch, inOneBatch], signal());
  assert.deepEqual(
    results.map(({ actionId }) => actionId),
    [inOneBatch.id, inOneBatch.id],
  );
  assert.equal(await count(inOneBatch.id), 1, 'more than one effect of one batch');
}

export const C16: Clause = {
  title: 'the answer lost after the commit: the next try gives already-applied',
  check: (subject) =>
    examine(subject, async ({ crm, connect }) => {
      const connection = await connect();
      const about = await crm.write(0, 'a0');
      await outlivesItsAnswer(crm, connection, createTask('lost', about), (id) => crm.tasksOf(id));
      if (!subject.connector.accepts.includes('create-case')) return;
      await outlivesItsAnswer(crm, connection, createCase('lost-case', about), casesIn(crm));
    }),
};

async function outlivesItsAnswer(
  crm: Crm,
  connection: Connection<unknown>,
  action: Action,
  count: (actionId: string) => Promise<number>,
): Promise<void> {
  await crm.faults.loseNextAnswer();
  const first = await applyOne(connection, action);
  const isUnknown = first.outcome === 'failed' && first.failure === 'retryable';
  assert.ok(isUnknown || first.outcome === 'already-applied', `the effect is not known: ${JSON.stringify(first)}`);
  const second = await applyOne(connection, action);
  assert.equal(second.outcome, 'already-applied', JSON.stringify(second));
  assert.equal(await count(action.id), 1);
}

function casesIn({ casesOf }: Crm): (actionId: string) => Promise<number> {
  assert.ok(casesOf !== undefined, 'the subject cannot count cases');
  return casesOf;
}

export const C17: Clause = {
  title: 'a stale expectedVersion is a conflict and changes nothing',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm, connect } = examination;
      const connection = await connect();
      const about = await crm.write(0, 'a0');
      const seen = await crm.versionOf(about.id);
      const fresh = await applyOne(connection, setField(examination, 'fresh', about, seen));
      assert.equal(fresh.outcome, 'applied', JSON.stringify(fresh));
      await crm.write(0, 'a1');
      const moved = await crm.versionOf(about.id);
      assert.notEqual(moved, seen);
      const stale = await applyOne(connection, setField(examination, 'stale', about, seen));
      assert.equal(stale.outcome, 'failed', 'a write over a newer version was applied');
      assert.equal(stale.failure, 'conflict', JSON.stringify(stale));
      assert.equal(await crm.versionOf(about.id), moved, 'a refused write changed the record');
    }),
};

export const C18: Clause = {
  title: 'each action of a batch settles with its own result',
  check: (subject) =>
    examine(subject, async ({ crm, connect }) => {
      const connection = await connect();
      const about = await crm.write(0, 'a0');
      const gone = { ...about, id: `${about.id.slice(0, -3)}ZZZ` };
      const abouts = [about, gone, about, about, gone];
      await settleApart(connection, abouts, createTask, (id) => crm.tasksOf(id));
      if (!subject.connector.accepts.includes('create-case')) return;
      await settleApart(connection, abouts, (id, one) => createCase(`case-${id}`, one), casesIn(crm));
    }),
};

/** @param abouts the second and the fifth are gone */
async function settleApart(
  connection: Connection<unknown>,
  abouts: readonly WrittenRecord[],
  make: (id: string, about: WrittenRecord) => Action,
  count: (actionId: string) => Promise<number>,
): Promise<void> {
  const expected = ['applied', 'failed', 'applied', 'applied', 'failed'];
  const batch = abouts.map((one, n) => make(`batch-${n}`, one));
  const results = await connection.sink.apply(batch, signal());
  assert.deepEqual(
    results.map(({ actionId }) => actionId),
    batch.map(({ id }) => id),
    'results in another order',
  );
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    expected,
    JSON.stringify(results),
  );
  for (const result of results) {
    if (result.outcome === 'failed') assert.equal(result.failure, 'permanent', JSON.stringify(result));
  }
  const calls = abouts.map((one, n) => make(`call-${n}`, one));
  assert.deepEqual(
    (await Promise.all(calls.map((action) => applyOne(connection, action)))).map(({ outcome }) => outcome),
    expected,
  );
  for (const [n, outcome] of expected.entries()) {
    const made = [await count(batch[n]?.id ?? ''), await count(calls[n]?.id ?? '')];
    assert.deepEqual(made, outcome === 'applied' ? [1, 1] : [0, 0]);
  }
}

export const C19: Clause = {
  title: 'a busy CRM is retryable after its own delay',
  check: (subject) =>
    examine(subject, async ({ crm, connect }) => {
      const connection = await connect();
      const action = createTask('busy', await crm.write(0, 'a0'));
      await crm.faults.refuseNextWrite(7);
      const refused = await applyOne(connection, action);
      assert.equal(refused.outcome, 'failed', JSON.stringify(refused));
      assert.equal(refused.failure, 'retryable', JSON.stringify(refused));
      assert.equal(refused.retryAfterMs, 7000, 'the delay is not the one the CRM gave');
      assert.equal(await crm.tasksOf(action.id), 0);
      if (!subject.connector.accepts.includes('create-case')) return;
      const opened = createCase('busy-case', action.about);
      // The first connection waits for the CRM to be less busy.
      const other = await connect();
      await crm.faults.refuseNextWrite(7);
      const later = await applyOne(other, opened);
      assert.equal(later.outcome === 'failed' ? later.retryAfterMs : later.outcome, 7000, JSON.stringify(later));
      assert.equal(await casesIn(crm)(opened.id), 0);
    }),
};

export const C20: Clause = {
  title: 'an own write comes back as self, a foreign one as external',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm, connect } = examination;
      const connection = await connect();
      const about = await crm.write(0, 'a0');
      const result = await applyOne(connection, setField(examination, 'own', about));
      assert.equal(result.outcome, 'applied', JSON.stringify(result));
      await crm.write(0, 'a1');
      const { events } = await pump(examination, {
        connection,
        start: { from: 'earliest' },
        until: ({ marks }) => marks.includes('a1'),
      });
      assert.deepEqual(
        events.map(({ origin }) => origin),
        ['external', 'self', 'external'],
        'an own write is not told from others',
      );
    }),
};
