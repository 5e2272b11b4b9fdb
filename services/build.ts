import { bundleWorkflowCode } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keepEmptyDatabase } from '../ledger/database';
import { migrate } from '../ledger/migrate';
import { projectRoot } from './project-root';
import { payloadConverterPath } from './temporal/payload-converter-path';
import { workflowBundle } from './worker';

/** A build step, after the compiler: what every start would make anew. */
async function main(): Promise<void> {
  await bundleWorkflows();
  await keepEmptyDatabase(migrate);
}

async function bundleWorkflows(): Promise<void> {
  const logger = { trace: ignore, debug: ignore, info: ignore, warn: console.warn, error: console.error, log: ignore };
  const workflowsPath = path.join(projectRoot, 'dist', 'workflows', 'index.js');
  const { code } = await bundleWorkflowCode({ workflowsPath, payloadConverterPath, logger });
  await writeFile(workflowBundle, code);
}

function ignore(): void {
  // Bundling is silent unless something is wrong.
}

void main();
