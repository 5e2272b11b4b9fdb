import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256Hex } from '../canonical-schema/sha256';
import { provideEncoder } from '../services/provision/encoder';

/** Gets what suites without servers ask for; without it they skip tests, by name. */
export default async function unitSetup(): Promise<void> {
  await get('the sentence encoder', () => provideEncoder(join(__dirname, '..', '.signalbox'), tell));
  await get('SAP CAP', () => installCap(join(__dirname, '..', 'simulators', 'sap', 'cap')));
}

async function get(name: string, work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    tell(`${name} is not here: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Its packages are no dependencies of the project: some are under a licence that is not open (docs/adr/0053). */
async function installCap(folder: string): Promise<void> {
  const stamp = join(folder, 'node_modules', '.signalbox-lock');
  const wanted = sha256Hex(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  tell('SAP CAP: installing its packages (SAP Developer Licence)');
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: folder });
  writeFileSync(stamp, wanted);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
