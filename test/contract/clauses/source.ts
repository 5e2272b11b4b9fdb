import assert from 'node:assert/strict';
import { type Position, PositionExpired, Retryable } from '../../../connectors/contract';
import { emptyPumped, eventually, examine, type Examination, inTime, pump, Tap, writeMarks } from '../examine';
import type { Clause } from '../subject';

/** Reads the marks of the next deliveries, and where the last of them was. */
async function take(
  { crm, normalise }: Examination,
  connection: Parameters<Examination['normalise']>[0],
  tap: Tap,
  count: number,
): Promise<{ marks: readonly string[]; position: Position }> {
  const marks: string[] = [];
  let position: Position | undefined;
  while (marks.length < count) {
    const delivery = await tap.next();
    if (delivery.kind !== 'event') throw new Error(`not decoded: ${delivery.code} ${delivery.message}`);
    position = delivery.position;
    for (const event of await normalise(connection, delivery.native)) marks.push(crm.markOf(event) ?? event.id);
  }
  if (position === undefined) throw new Error('nothing was to be taken');
  return { marks, position };
}

const earliest = { from: 'earliest' } as const;

export const C1: Clause = {
  title: 'check finds no fault, and close may be called twice',
  check: (subject) =>
    examine(subject, async ({ connect }) => {
      const connection = await connect();
      const findings = await connection.check(AbortSignal.timeout(10_000));
      assert.ok(findings.length > 0, 'check says nothing');
      assert.deepEqual(
        findings.filter(({ level }) => level === 'error'),
        [],
      );
      await connection.close();
      await connection.close();
    }),
};

export const C2: Clause = {
  title: 'every event, in order per record',
  check: (subject) =>
    examine(subject, async (examination) => {
      const connection = await examination.connect();
      const marks = await writeMarks(examination.crm, 'a', 30);
      const tap = new Tap(connection, examination.crm.stream, earliest);
      const taken = await take(examination, connection, tap, marks.length);
      assert.deepEqual([...taken.marks].sort(), [...marks].sort(), 'not every event came, or not once');
      for (let record = 0; record < 3; record++) {
        const ofRecord = (all: readonly string[]): string[] =>
          all.filter((mark) => Number(mark.slice(1)) % 3 === record);
        assert.deepEqual(ofRecord(taken.marks), ofRecord(marks), 'the order of one record is not kept');
      }
      await tap.end();
    }),
};

export const C3: Clause = {
  title: 'killed after the k-th and resumed: none lost, none repeated',
  check: (subject) =>
    examine(subject, async (examination) => {
      const marks = await writeMarks(examination.crm, 'a', 12);
      const killed = await examination.connect();
      const first = await take(examination, killed, new Tap(killed, examination.crm.stream, earliest), 5);
      await killed.close();
      const resumed = await examination.connect();
      // Through text, as a saved position comes back.
      const position = JSON.parse(JSON.stringify(first.position)) as Position;
      const tap = new Tap(resumed, examination.crm.stream, { from: 'position', position });
      const rest = await take(examination, resumed, tap, marks.length - 5);
      assert.deepEqual([...first.marks, ...rest.marks], marks);
      await tap.end();
    }),
};

export const C4: Clause = {
  title: 'one publish refused: the stream resumes at the first unsaved event',
  check: (subject) =>
    examine(subject, async (examination) => {
      const marks = await writeMarks(examination.crm, 'a', 12);
      const connection = await examination.connect();
      const pumped = emptyPumped();
      const refused = marks[6];
      const refusal = new Error('the broker refused');
      const attempt = pump(
        examination,
        {
          connection,
          start: earliest,
          until: () => false,
          accept: (event) => {
            if (examination.crm.markOf(event) === refused) throw refusal;
          },
        },
        pumped,
      );
      await assert.rejects(attempt, (error) => error === refusal);
      const { position } = pumped;
      const start = position === undefined ? earliest : ({ from: 'position', position } as const);
      await pump(examination, { connection, start, until: ({ marks: all }) => all.includes('a11') }, pumped);
      assert.deepEqual([...new Set(pumped.marks)].sort(), [...marks].sort(), 'an event is lost');
      const repeats = pumped.marks.filter((mark, index) => pumped.marks.indexOf(mark) !== index);
      assert.deepEqual(
        repeats.filter((mark) => Number(mark.slice(1)) < 6),
        [],
        'a saved event came again',
      );
    }),
};

export const C5: Clause = {
  title: 'a stalled consumer is not read ahead for, and nothing is dropped',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm } = examination;
      const maxInFlight = 5;
      const connection = await examination.connect();
      const marks = await writeMarks(crm, 'a', 40);
      const tap = new Tap(connection, crm.stream, earliest, maxInFlight);
      const first = await take(examination, connection, tap, 1);
      await eventually('the stream is read', async () => (await crm.handedOut()) >= 1);
      const isOverread = eventually('overread', async () => (await crm.handedOut()) > 1 + maxInFlight, 500).then(
        () => true,
        () => false,
      );
      assert.equal(await isOverread, false, `more than ${maxInFlight} events were read ahead of a stalled consumer`);
      const rest = await take(examination, connection, tap, marks.length - 1);
      assert.deepEqual([...first.marks, ...rest.marks], marks);
      await tap.end();
    }),
};

export const C6: Clause = {
  title: 'a position out of retention is PositionExpired, not a silent skip',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm } = examination;
      const connection = await examination.connect();
      await writeMarks(crm, 'a', 3);
      const tap = new Tap(connection, crm.stream, earliest);
      const { position } = await take(examination, connection, tap, 3);
      await tap.end();
      await crm.faults.expirePositions();
      await writeMarks(crm, 'b', 3);
      const resumed = new Tap(connection, crm.stream, { from: 'position', position });
      await assert.rejects(resumed.next(), PositionExpired);
    }),
};

export const C7: Clause = {
  title: 'token expiry mid-stream: no loss',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm } = examination;
      const connection = await examination.connect();
      await writeMarks(crm, 'a', 5);
      const pumped = emptyPumped();
      let isExpired = false;
      const whenHalf = eventually('half of the events', () => pumped.marks.length >= 5).then(async () => {
        await crm.faults.expireTokens();
        isExpired = true;
        await writeMarks(crm, 'b', 5);
      });
      // Reconnecting is the caller's work, renewing is the source's: Retryable is well, Permanent is not.
      for (let attempt = 1; pumped.marks.length < 10; attempt++) {
        const { position } = pumped;
        const start = position === undefined ? earliest : ({ from: 'position', position } as const);
        try {
          await pump(examination, { connection, start, until: ({ marks }) => marks.includes('b4') }, pumped);
          break;
        } catch (error) {
          if (!(error instanceof Retryable) || attempt === 5) throw error;
        }
      }
      await whenHalf;
      assert.ok(isExpired);
      assert.deepEqual(
        [...new Set(pumped.marks)].sort(),
        ['a0', 'a1', 'a2', 'a3', 'a4', 'b0', 'b1', 'b2', 'b3', 'b4'],
        'a token expired and an event is lost',
      );
    }),
};

export const C8: Clause = {
  title: 'a poison event is quarantined with its bytes, and the stream goes on',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm } = examination;
      const connection = await examination.connect();
      await writeMarks(crm, 'a', 2);
      await crm.faults.poison();
      await writeMarks(crm, 'b', 2);
      const run = { connection, start: earliest, until: ({ marks }: { marks: string[] }) => marks.includes('b1') };
      const pumped = await pump(examination, run);
      assert.deepEqual(pumped.marks, ['a0', 'a1', 'b0', 'b1']);
      assert.equal(pumped.quarantined.length, 1, 'the poison event is not in quarantine');
      const [entry] = pumped.quarantined;
      assert.ok((entry?.bytes?.length ?? 0) > 0, 'its bytes are not kept');
      assert.match(String(entry?.code), /\w/, 'its code is empty');
      assert.match(String(entry?.message), /\w/, 'its message is empty');
    }),
};

export const C9: Clause = {
  title: 'an abort ends the subscription within a second, without an error',
  check: (subject) =>
    examine(subject, async (examination) => {
      const { crm } = examination;
      const connection = await examination.connect();
      await writeMarks(crm, 'a', 20);
      const midway = new Tap(connection, crm.stream, earliest, 5);
      await midway.next();
      await midway.end();
      const quiet = new Tap(connection, crm.stream, earliest, 50);
      await take(examination, connection, quiet, 20);
      const waiting = quiet.next().catch(() => undefined);
      await inTime('ending a quiet stream', quiet.end(), 1000);
      await waiting;
      const before = connection.source.subscribe(crm.stream, {
        start: earliest,
        maxInFlight: 5,
        signal: AbortSignal.abort(),
      });
      const { done } = await inTime('an abort before the start', before[Symbol.asyncIterator]().next(), 1000);
      assert.equal(done, true, 'a subscription that was aborted before it began delivers');
    }),
};
