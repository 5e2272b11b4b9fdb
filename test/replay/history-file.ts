import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../services/project-root';

/** Where recorded histories are: `<workflow>/<scenario>@<n>.json`, `n` from 1. */
const historiesDir = path.join(projectRoot, 'test', 'replay', 'histories');

/** What became of a workflow's run, to be replayed. */
export interface RecordedHistory {
  /** `<workflow>/<scenario>@<n>` */
  readonly name: string;
  readonly workflow: string;
  readonly bytes: number;
  /** In the JSON form of Temporal's own tools. */
  readonly history: HistoryJson;
}

/** The little that tests read of a history. */
export interface HistoryJson {
  readonly events: readonly {
    readonly eventType: string;
    readonly [attributes: string]: unknown;
  }[];
}

/** Saves a run under the scenario's next number: recorded histories stay as long as such runs can be open. */
export async function saveHistory(workflow: string, scenario: string, run: WorkflowHandle): Promise<string> {
  const folder = path.join(historiesDir, workflow);
  mkdirSync(folder, { recursive: true });
  const recorded = readdirSync(folder).filter((name) => name.startsWith(`${scenario}@`)).length;
  const file = path.join(folder, `${scenario}@${recorded + 1}.json`);
  const told: unknown = JSON.parse(historyToJSON(await run.fetchHistory()));
  writeFileSync(file, `${JSON.stringify(told, withoutPlace)}\n`);
  return path.relative(projectRoot, file);
}

/** A history says which process on which machine did what, and where its code lay; replay needs none of it. */
function withoutPlace(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (key === 'identity') return 'recorder';
  if (key === 'stackTrace') return '';
  return value.replaceAll(projectRoot, '.').replaceAll(hostname(), 'machine');
}

/** All recorded histories, in the order of their names. */
export function loadHistories(): readonly RecordedHistory[] {
  const folders = readdirSync(historiesDir).sort();
  return folders.flatMap((workflow) =>
    readdirSync(path.join(historiesDir, workflow))
      .sort()
      .map((file) => {
        const text = readFileSync(path.join(historiesDir, workflow, file), 'utf8');
        const name = `${workflow}/${path.basename(file, '.json')}`;
        return { name, workflow, bytes: text.length, history: JSON.parse(text) as HistoryJson };
      }),
  );
}
