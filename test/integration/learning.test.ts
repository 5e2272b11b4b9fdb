import { ScheduleNotFoundError } from '@temporalio/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alarmsOf, driftReport } from '../../activities/drift';
import { learnedFolder, ledgerFolder } from '../../cli/places';
import { signalbox as command, type Ran } from '../../cli/terminal.fixture';
import { applySchedules } from '../../services/schedules';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import type { UseCase } from '../../tenants/tenant';
import type { LearningEnd } from '../../workflows/learning';
import { learningId } from '../../workflows/names';
import { eventOf } from '../fixtures/events';
import { hotLead, startLine, until, type Line } from '../line';
import { decide, recordOf, withoutIngest } from './tenants-line';
import { asBefore, canTrain, learner, turnedRound } from './turned-round';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(180_000);

const usecase = 'lead-scoring';
const state = mkdtempSync(path.join(tmpdir(), 'signalbox-learned-'));
let line: Line;
let signalbox: Signalbox;
beforeAll(async () => {
  line = await startLine({ roles: [], useCase: { learning: { window: 1000 } } });
  signalbox = await startSignalbox(
    { ...line.runtime, ledger: { folder: ledgerFolder(state) }, learnedDir: learnedFolder(state) },
    withoutIngest,
  );
});
afterAll(async () => {
  await signalbox.stop();
  await line.stop();
  rmSync(state, { recursive: true });
});

const learn = (...args: readonly string[]): Promise<Ran> =>
  command(['learn', ...args, '--tenant', line.tenant.tenant, '--use-case', usecase], {
    env: { TEMPORAL_ADDRESS: line.runtime.temporalAddress },
  });
const list = (...args: readonly string[]): Promise<Ran> =>
  command(['learn', 'list', '--tenant', line.tenant.tenant, '--use-case', usecase, '--state', state, ...args]);
const drift = async () => {
  const { tenant } = line.tenant;
  const question = { tenant, usecase, window: 1000, yes: ['won'], no: ['lost', 'expired'] };
  return (await driftReport(signalbox.runtime.ledger, question))!;
};

test('a schedule looks for drift as often as the file says, and goes when the file no longer says so', async () => {
  const { tenant, useCases } = line.tenant;
  const { temporal, ledger } = signalbox.runtime;
  const scheduled = (schedule: UseCase['learning']['schedule']) => {
    const { [usecase]: useCase } = useCases;
    const learning = { ...useCase!.learning, ...(schedule === undefined ? {} : { schedule }) };
    const served = { ...line.tenant, useCases: { [usecase]: { ...useCase!, learning } } };
    return applySchedules({ temporal }, served);
  };
  const handle = temporal.schedule.getHandle(learningId(tenant, usecase));
  await scheduled({ every: 3_600_000, when: 'always' });
  await scheduled({ every: 7_200_000, when: 'drift' });
  expect(await handle.describe()).toMatchObject({ spec: { intervals: [{ every: 7_200_000 }] } });
  await handle.trigger();
  const [looked] = await until('the schedule to be followed', async () => {
    const trainings = await ledger.trainings.list(tenant, usecase);
    return trainings.some(({ status }) => status === 'steady') && trainings;
  });
  expect(looked).toMatchObject({ because: 'the schedule', what: 'no drift is seen' });
  await scheduled({ every: 7_200_000, when: 'watch' });
  await handle.trigger();
  const watched = await until('the schedule to look again', async () => {
    const trainings = await ledger.trainings.list(tenant, usecase);
    return trainings.length === 2 && trainings.every(({ status }) => status === 'steady') && trainings;
  });
  expect(watched.map(({ because }) => because)).toEqual(['the schedule', 'the schedule']);
  await scheduled(undefined);
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
});

(canTrain() ? test : test.skip)(
  'data whose meaning is turned round: drift is seen, a challenger learns it, a person agrees, scores come true again',
  async () => {
    const { tenant } = line.tenant;
    const { ledger, scorers } = signalbox.runtime;
    const { shipped, decided, told, inShadow, run, begin, untilStatus } = learner(signalbox, tenant);
    const ended = async (): Promise<LearningEnd> => (await run().result()) as LearningEnd;
    await told(await decided(shipped, 1000), asBefore);
    await begin('drift');
    expect(await ended()).toEqual({ status: 'steady', what: 'no drift is seen' });

    await told(await decided(shipped, 1000), turnedRound);
    expect(alarmsOf(await drift())).toEqual([expect.stringMatching(/^calibration: ECE 0\.\d+ over 1000 outcomes$/)]);
    await begin('watch');
    expect(await ended()).toEqual({ status: 'alarm', what: expect.stringMatching(/^calibration: ECE/) as string });
    await begin('drift');
    expect((await learn('start')).err).toMatch(/it is learning already/);
    const { digest: refused = '', champion, rows } = await untilStatus('shadow');
    expect({ champion, rows }).toEqual({
      champion: shipped.digest,
      rows: { yes: expect.any(Number) as number, no: expect.any(Number) as number, censored: 0 },
    });
    expect((await learn('approve', '--by', 'Ada Byron')).err).toMatch(/no challenger awaits an answer of Ada Byron/);
    await inShadow(refused);

    await untilStatus('asked');
    expect((await learn('refuse', '--by', 'Ada Byron', '--reason', 'not before the fair')).out).toBe(
      `${usecase} of ${tenant}: refused by Ada Byron\n`,
    );
    expect(await ended()).toEqual({ status: 'dropped', what: 'not before the fair' });
    expect((await learn('refuse', '--by', 'Ada Byron')).err).toMatch(/it is not learning/);
    expect((await list()).out).toMatch(
      /^\S+Z {2}lead-scoring {2}dropped: not before the fair \(Ada Byron\)\n {2}because: a test; \d+ yes, \d+ no, 0 censored; sha256:\w{12}\n\S+Z {2}lead-scoring {2}alarm: calibration: /,
    );
    expect(await ledger.champions.list(tenant)).toEqual([]);

    await begin('drift');
    const { digest = '' } = await untilStatus('shadow');
    await inShadow(digest);
    await untilStatus('asked');
    expect((await learn('status')).out).toMatch(/asked\nholds {4}task: .*\nholds {4}holdout: .*\nholds {4}shadow: /);
    expect(await ledger.champions.inForce(tenant)).toEqual({});
    expect((await learn('approve', '--by', 'Ada Byron', '--reason', 'it sees the turn')).code).toBe(0);
    expect(await ended()).toEqual({ status: 'promoted', what: 'approved by Ada Byron' });
    expect(await ledger.champions.list(tenant)).toMatchObject([{ kind: 'promoted', digest, by: 'Ada Byron' }]);

    const record = recordOf('00Q000000000001AAA', hotLead);
    await decide({ signalbox }, line.tenant, { id: 'live', events: [eventOf({ tenant, id: 'live', record })] });
    expect((await ledger.decision(tenant, `live:${usecase}`))?.model).toMatchObject({ digest, version: '1.2.0' });

    await told(await decided(scorers.get(digest)!, 1000), turnedRound);
    const report = await drift();
    expect(report).toMatchObject({ model: { digest }, labelled: 1000 });
    expect(alarmsOf(report)).toEqual([]);

    // What there was to learn is learnt: another challenger of the same data is no better, and is dropped with the reason.
    await begin('always');
    expect(await ended()).toMatchObject({
      status: 'dropped',
      what: expect.stringMatching(/^no better on the rows/) as string,
    });
    const trainings = await ledger.trainings.list(tenant, usecase);
    expect(trainings.map(({ status }) => status)).toEqual([
      'dropped',
      'promoted',
      'dropped',
      'alarm',
      'steady',
      'steady',
      'steady',
    ]);
    expect(JSON.parse((await list('--json')).out)).toEqual({ tenant, trainings });
    expect(await ledger.champions.inForce(tenant)).toEqual({ [usecase]: digest });
  },
);
