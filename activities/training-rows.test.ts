import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engagementId } from '../canonical-schema/engagement';
import { openLedger, type Ledger } from '../ledger/ledger';
import { sampleBatch, sampleEvent } from '../ledger/sample.fixture';
import { toLearning } from '../tenants/learning';
import type { UseCase } from '../tenants/tenant';
import { readTrainingRows, writeTrainingRows } from './training-rows';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-rows-'));
const file = path.join(folder, 'rows.csv');
const usecase = 'lead-scoring';
const now = Date.parse('2026-03-01T00:00:00Z');
let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
  const events = Array.from({ length: 6 }, (_, n) => sampleEvent('acme', n + 1, `lead/${n + 1}`));
  const batch = sampleBatch('b', events);
  await ledger.recordBatch('acme', batch);
  const labels = ['won', 'expired', 'completed', 'lost', undefined, 'won'];
  for (const [n, { id: decisionid, connection, subject }] of batch.decisions.entries()) {
    const engagement = engagementId('acme', connection, subject, usecase);
    const label = labels[n];
    if (label === undefined) continue;
    await ledger.recordOutcome('acme', { engagement, decisionid, label, at: '2026-02-01T00:00:00Z' });
  }
});
afterAll(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

const write = (window: number, at = now) => {
  const useCase = { name: usecase, outcome: { within: 86_400_000 }, learning: { ...toLearning(), window } };
  return writeTrainingRows(ledger, 'acme', useCase as UseCase, ['euribor3m', 'job', 'age'], file, at);
};

it('writes what is known to have happened or not, oldest first, and counts what says nothing', async () => {
  expect(await write(10)).toEqual({ yes: 2, no: 2, censored: 2 });
  expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toEqual([
    'decision,happened,feature.euribor3m,feature.job,feature.age',
    ...[`lead/1-1:${usecase},1`, `lead/2-2:${usecase},0`, `lead/4-4:${usecase},0`, `lead/6-6:${usecase},1`].map(
      (row) => `${row},4.857,technician,`,
    ),
  ]);
});

it('keeps the newest where there are more than the window holds', async () => {
  expect(await write(2)).toEqual({ yes: 2, no: 2, censored: 2 });
  expect(await readTrainingRows(file, new Set([`lead/1-1:${usecase}`, `lead/6-6:${usecase}`]))).toEqual([
    { happened: true, features: { euribor3m: '4.857', job: 'technician', age: '' } },
  ]);
});

it('takes no decision whose time is not over', async () => {
  expect(await write(10, Date.parse('2026-01-01T12:00:00Z'))).toEqual({ yes: 0, no: 0, censored: 6 });
});
