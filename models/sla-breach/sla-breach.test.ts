import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { featuresFromRecord, featuresFromRow, sourcesOf } from '../features';
import { dataSet, distance, figuresOf, figuresTold, scoreHeldOut, type Row } from '../held-out';
import type { Figures } from '../figures';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

const data = dataSet('INCIDENT_EVENT_LOG_CSV', 'incident_event_log/incident_event_log.csv.gz');
const withData = data.isThere ? describe : describe.skip;

/** An incident as it is entered. */
const INCIDENT: Row = {
  category: 'Category 55',
  subcategory: 'Subcategory 170',
  u_symptom: 'Symptom 72',
  location: 'Location 143',
  opened_by: 'Opened by  8',
  sys_created_by: 'Created by 6',
  priority: '3 - Moderate',
  impact: '2 - Medium',
  urgency: '2 - Medium',
  contact_type: 'Phone',
  cmdb_ci: '?',
  knowledge: 'True',
  u_priority_confirmation: 'False',
  notify: 'Do Not Notify',
  opened_at: '29/2/2016 01:16',
  assignment_group: 'Group 56',
  incident_state: 'New',
  sys_updated_at: '29/2/2016 01:23',
  reassignment_count: '0',
  reopen_count: '0',
  sys_mod_count: '0',
};

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('sla-breach')!);
});
afterAll(() => scorer.close());

const features = (cells: Row = {}) => featuresFromRow(scorer.manifest, { ...INCIDENT, ...cells });
const score = async (cells: Row = {}) => (await scorer.score([features(cells) as FeatureRow]))[0]!;

describe('sla-breach', () => {
  it('reads nothing that is written back when an incident ends, nor its label, nor persons', () => {
    const columns = scorer.manifest.features.flatMap(sourcesOf).map((source) => source.column);
    expect(
      columns.filter((c) => /^(made_sla|active|caller_id|assigned_to|sys_updated_by)$|^(closed|resolved)_/.test(c)),
    ).toStrictEqual([]);
  });

  it('takes hour, day and age of a case from its times, in a file and in a record', () => {
    const given = features({ sys_updated_at: '1/3/2016 02:46' });
    const { values } = given as FeatureRow;
    const value = (name: string) => values[scorer.manifest.features.findIndex((f) => f.name === name)];
    expect([value('hour'), value('weekday'), value('elapsedHours')]).toStrictEqual([1, 1, 25.5]);
    const attributes = Object.fromEntries(
      scorer.manifest.features
        .flatMap(sourcesOf)
        .map(({ path: at, column }) => [at.replace('attributes.', ''), INCIDENT[column]]),
    );
    const times = { openedAt: '2016-02-29T01:16:00Z', updatedAt: '2016-03-01T02:46:00Z' };
    const { priority } = attributes;
    expect(featuresFromRecord(scorer.manifest, { priority, attributes: { ...attributes, ...times } })).toStrictEqual(
      given,
    );
  });

  it('scores a case higher that has been open for weeks or was passed on, and says so', async () => {
    const fresh = await score();
    const old = await score({ incident_state: 'Active', sys_mod_count: '6', sys_updated_at: '28/3/2016 10:00' });
    const young = await score({ incident_state: 'Active', sys_mod_count: '6', sys_updated_at: '29/2/2016 03:00' });
    expect(old.score).toBeGreaterThan(0.9);
    expect(old.score).toBeGreaterThan(young.score);
    expect(old.reasons.some((r) => r.direction === 'up' && /hours ago/.test(r.text))).toBe(true);
    const passedOn = await score({ incident_state: 'Active', sys_mod_count: '6', reassignment_count: '4' });
    const kept = await score({ incident_state: 'Active', sys_mod_count: '6' });
    expect(passedOn.score).toBeGreaterThan(kept.score);
    expect(fresh.score).toBeGreaterThan(0);
  });

  it('adds nothing for what it does not know, and says what that was', async () => {
    const given = features({ u_symptom: 'Symptom 99999', sys_updated_at: '' });
    expect(given).toMatchObject({ outcome: 'row', defaults: ['symptom', 'elapsedHours'] });
    const [scored] = await scorer.score([given as FeatureRow]);
    expect([scored!.contributions['symptom'], scored!.contributions['elapsedHours']]).toStrictEqual([0, 0]);
  });

  it.each([
    ['opened_at', '31/2/2016 01:16', /^opened_at \(hour of opening\) is "31\/2\/2016 01:16", not a time/],
    ['sys_updated_at', 'yesterday', /^sys_updated_at \(hours since opening\) is "yesterday", not a time/],
    ['reassignment_count', 'many', /^reassignment_count .* not a number/],
  ])('gives no score when %s is %j, and says so', (column, cell, reason) => {
    expect(features({ [column]: cell })).toMatchObject({
      outcome: 'abstain',
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('takes an update before the opening as at the opening, and says so', () => {
    expect(features({ sys_updated_at: '28/2/2016 01:16' })).toMatchObject({
      outcome: 'row',
      defaults: ['elapsedHours'],
    });
  });

  it("abstains on another company's case, of which it knows hardly anything", () => {
    const foreign = Object.fromEntries(Object.keys(INCIDENT).map((column) => [column, 'else']));
    const kept = {
      opened_at: '1/3/2016 08:00',
      sys_updated_at: '1/3/2016 09:00',
      reassignment_count: '0',
      reopen_count: '0',
      sys_mod_count: '1',
    };
    expect(features({ ...foreign, ...kept })).toMatchObject({ outcome: 'abstain' });
  });
});

withData('sla-breach on the public data', () => {
  let rows: readonly Row[];
  let scores: readonly number[];
  let holdout: Figures;
  let events: Figures | undefined;

  beforeAll(async () => {
    const held = await scoreHeldOut('sla-breach', data.file, 'number');
    rows = held.rows;
    scores = held.scored.map((s) => s.score);
    ({ holdout, events } = figuresTold(held.model.manifest));
  });

  it('has the held-out figures of its manifest within 1e-4, at creation and at every event, and meets its goals', () => {
    const breached = new Map(rows.map((row) => [row['number'], row['made_sla'] === 'False']));
    const truth = rows.map((row) => breached.get(row['number']) === true);
    const firsts = rows.flatMap((row, n) => (rows[n - 1]?.['number'] === row['number'] ? [] : [n]));
    expect(firsts).toHaveLength(holdout.rows);
    const atCreation = figuresOf(
      firsts.map((n) => truth[n]!),
      firsts.map((n) => scores[n]!),
    );
    expect(distance(atCreation, holdout)).toBeLessThan(1e-4);
    expect(atCreation.auc).toBeGreaterThanOrEqual(0.845);
    const atEveryEvent = figuresOf(truth, scores);
    expect(distance(atEveryEvent, events!)).toBeLessThan(1e-4);
    expect(atEveryEvent.auc).toBeGreaterThanOrEqual(0.88);
  });

  it('keeps its goals on the time split, as its training measured them', () => {
    const { time, timeEvents } = figuresTold(scorer.manifest);
    expect(time!.auc.value).toBeGreaterThanOrEqual(0.78);
    expect(time!.ece.value).toBeLessThanOrEqual(0.07);
    expect(timeEvents!.auc.value).toBeGreaterThanOrEqual(0.84);
  });

  it("scores the file's own rows one by one: what comes later, or is written back later, changes nothing", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-sla-'));
    try {
      const all = parse(gunzipSync(await readFile(data.file)), { columns: true, to: 600 }) as unknown as Row[];
      const scored = async (records: readonly Row[]) => {
        const [input, output] = [path.join(folder, 'in.csv.gz'), path.join(folder, 'out.csv')];
        await writeFile(input, gzipSync(stringify(records as Record<string, string>[], { header: true })));
        expect(await scoreCsv({ model: scorer, input, output })).toMatchObject({ rows: records.length, abstained: 0 });
        return parse(await readFile(output), { columns: true }) as unknown as Row[];
      };
      const whole = await scored(all);
      expect(whole).toHaveLength(600);
      expect(await scored(all.slice(0, 101))).toStrictEqual(whole.slice(0, 101));
      const kept = (column: string) => !/^(made_sla|closed|resolved)/.test(column);
      const blank = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([column]) => kept(column)));
      expect(await scored(all.map(blank))).toStrictEqual(whole);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
