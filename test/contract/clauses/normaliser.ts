import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CanonicalEvent } from '../../../canonical-schema/event';
import { Unmappable } from '../../../connectors/contract';
import { envelopeFaults, inexactNumbers } from '../envelope';
import { contextOf, examine, Tap, writeMarks } from '../examine';
import type { Clause, ContractSubject } from '../subject';

const context = contextOf('org-1');

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

function faultsOf(event: CanonicalEvent, { connector }: ContractSubject): readonly string[] {
  return [...envelopeFaults(event, connector), ...inexactNumbers(event)];
}

/** Every native that the subject has at hand. */
function nativesOf({ goldens, special }: ContractSubject): readonly unknown[] {
  const { multiRecord, gap, wildcard } = special;
  const rare = [multiRecord?.native, gap, wildcard].filter((native) => native !== undefined);
  return [...goldens.map(({ native }) => native), ...rare];
}

async function eventsOf(subject: ContractSubject): Promise<readonly CanonicalEvent[]> {
  const all = await Promise.all(nativesOf(subject).map((native) => subject.connector.normalise(native, context)));
  return all.flat();
}

export const C10: Clause = {
  title: 'golden fixtures normalise to what they say',
  check: async ({ connector, goldens }) => {
    assert.ok(goldens.length > 0, `no golden fixture: connectors/${connector.name}/fixtures/*.golden.json`);
    for (const golden of goldens) {
      assert.deepEqual(await connector.normalise(golden.native, golden.context), golden.expected, golden.name);
    }
  },
};

export const C11: Clause = {
  title: 'normalise is pure: the clock does not count and the input stays as it was',
  check: async (subject) => {
    const natives = nativesOf(subject);
    assert.ok(natives.length > 0, 'no native to normalise');
    for (const native of natives) {
      const before = JSON.stringify(native);
      const once = await subject.connector.normalise(deepFreeze(native), context);
      assert.equal(JSON.stringify(native), before, 'the input was changed');
      const { now, random } = { now: Date.now.bind(Date), random: Math.random.bind(Math) };
      const tomorrow = now() + 86_400_000;
      try {
        Date.now = () => tomorrow;
        Math.random = () => 0.123;
        assert.deepEqual(
          await subject.connector.normalise(JSON.parse(before), context),
          once,
          'another day, another event',
        );
      } finally {
        Date.now = now;
        Math.random = random;
      }
    }
  },
};

export const C12: Clause = {
  title: 'events are valid, their ids stable and distinct, their numbers exact',
  check: async (subject) => {
    const events = await eventsOf(subject);
    assert.ok(events.length > 0, 'no event to examine');
    for (const event of events) assert.deepEqual(faultsOf(event, subject), [], event.id);
    await examine(subject, async ({ crm, connect, normalise }) => {
      const connection = await connect();
      await writeMarks(crm, 'a', 6);
      const told: CanonicalEvent[][] = [[], []];
      for (const round of told) {
        const tap = new Tap(connection, crm.stream, { from: 'earliest' });
        while (round.length < 6) {
          const delivery = await tap.next();
          if (delivery.kind === 'event') round.push(...(await normalise(connection, delivery.native)));
        }
        await tap.end();
      }
      const [first, again] = told;
      assert.deepEqual(again, first, 'a redelivered event is another event');
      assert.equal(new Set(first?.map(({ id }) => id)).size, 6, 'different events have one id');
      for (const event of first ?? []) assert.deepEqual(faultsOf(event, subject), [], event.id);
    });
  },
};

/** Replaces one part of a JSON value, chosen by `path`, with another value. */
function graft(value: unknown, path: readonly number[], scion: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return scion;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return scion;
  const changed = graft((value as Record<string, unknown>)[key], rest, scion);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? changed : item));
  return { ...value, [key]: changed };
}

export const C13: Clause = {
  title: 'any JSON gives events or Unmappable, nothing else',
  check: async ({ connector, payloads }) => {
    assert.ok(payloads.length > 0, 'no payload to start from');
    const scions = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(null, '', -1, 2 ** 53, 1e308, '0000-00-00', [], {}),
    );
    const grafted = fc
      .record({
        payload: fc.constantFrom(...payloads),
        path: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
        scion: scions,
      })
      .map(({ payload, path, scion }) => graft(payload, path, scion));
    const examineOne = async (payload: unknown): Promise<void> => {
      try {
        for (const native of connector.readNatives(payload, () => undefined)) {
          const events = await connector.normalise(native, context);
          assert.deepEqual(
            events.flatMap((event) => envelopeFaults(event, connector)),
            [],
          );
        }
      } catch (error) {
        if (!(error instanceof Unmappable)) throw error;
        assert.match(error.message, /\w/, 'a refusal without a reason');
      }
    };
    await fc.assert(fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: grafted }, fc.jsonValue()), examineOne), {
      numRuns: 500,
    });
  },
};

export const C14: Clause = {
  title: 'natives about many records, gaps and whole entities are told as such',
  check: async ({ connector, special }) => {
    const { multiRecord, gap, wildcard } = special;
    assert.ok(multiRecord ?? gap ?? wildcard, 'no native of any special kind');
    if (multiRecord !== undefined) {
      const events = await connector.normalise(multiRecord.native, context);
      assert.equal(events.length, multiRecord.records, 'a native about N records gives N events');
      for (const part of ['id', 'subject', 'partitionkey'] as const) {
        assert.equal(
          new Set(events.map((event) => event[part])).size,
          events.length,
          `one ${part} for several records`,
        );
      }
    }
    if (gap !== undefined) {
      const [event] = await connector.normalise(gap, context);
      assert.equal(event?.data.change.gap, true, 'a gap is not told as a gap');
    }
    if (wildcard !== undefined) {
      const [event] = await connector.normalise(wildcard, context);
      assert.equal(event?.data.change.kind, 'overflowed');
      assert.match(event.subject, /^[a-z]+\/\*$/, 'a wildcard is not about one record');
    }
  },
};
