import { existsSync } from 'node:fs';
import type { Finding } from '../../connectors/contract';
import type { Ledger, Unjoined } from '../../ledger/ledger';
import { aliveForMs } from '../../services/follow';
import { ledgerFolder, withLedger, type StateOptions } from '../places';
import { CliError, type Terminal } from '../terminal';

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

const unlinked = (tenant: string, unjoined: readonly Unjoined[]): readonly Finding[] => {
  const [first] = unjoined;
  if (first === undefined) return [];
  const what = `${count(unjoined.length, 'identity key links', 'identity keys link')} no records for ${tenant}`;
  const why = `to join them would be a guess; the first, by ${first.rule}: ${first.subjects.join(', ')}`;
  const fix = "merge the duplicates in their CRM, or write shared: true at the rule's match";
  return [{ level: 'warning', what, why, fix }];
};

/** What waits for a person. */
const waiting = async (ledger: Ledger, tenant: string): Promise<readonly Finding[]> => {
  const [gaps, quarantined, parked, unjoined] = await Promise.all([
    ledger.gaps.list(tenant),
    ledger.quarantine.list(tenant),
    ledger.listParked(tenant),
    ledger.listUnjoined(tenant),
  ]);
  const found: Finding[] = [];
  if (gaps.length > 0) {
    const what = `${count(gaps.length, 'gap is', 'gaps are')} open for ${tenant}`;
    found.push({ level: 'warning', what, why: 'events may be missing', fix: `signalbox gaps list --tenant ${tenant}` });
  }
  if (quarantined.length > 0) {
    const what = `${count(quarantined.length, 'event is', 'events are')} in the quarantine of ${tenant}`;
    const fix = `signalbox quarantine list --tenant ${tenant}`;
    found.push({ level: 'warning', what, why: 'they could not be understood', fix });
  }
  const [first] = parked;
  if (first !== undefined) {
    const what = `${count(parked.length, 'event is', 'events are')} parked for ${tenant}`;
    const fix = `see the first record's story: signalbox history --tenant ${tenant} ${first.subject}`;
    found.push({ level: 'warning', what, why: 'they could not be decided', fix });
  }
  const begun = (await ledger.erasures.list(tenant)).filter(({ doneat }) => doneat === undefined);
  if (begun.length > 0) {
    const what = `${count(begun.length, 'erasure is', 'erasures are')} not done for ${tenant}`;
    const fix = `signalbox erasures --tenant ${tenant}, and the same \`signalbox erase\` again`;
    found.push({ level: 'warning', what, why: "a person's data may still be there", fix });
  }
  found.push(...unlinked(tenant, unjoined));
  return found;
};

const hourMs = 3_600_000;
/** An hour is counted a quarter of an hour after it ended, and decided a moment later. */
const newestHourMs = 3 * hourMs;

/** Streams whose newest hour is not as their rhythm lets expect, silent ones among them; and a count that has come to a halt. */
const rhythms = async (ledger: Ledger, tenant: string): Promise<readonly Finding[]> => {
  const rows = await ledger.rhythm.newest(tenant, new Date(Date.now() - 7 * 24 * hourMs).toISOString());
  const found = rows
    .filter(({ band, at }) => band !== undefined && Date.now() - Date.parse(at) < 24 * hourMs)
    .map(({ connection, subject, usecase, reasons }): Finding => {
      const what = `the rhythm of ${connection} is unusual for ${tenant} (${usecase})`;
      const fix = `if it is no news: is the CRM's own integration at work? signalbox history --tenant ${tenant} ${subject}`;
      return { level: 'warning', what, why: reasons[0]?.text ?? 'no reason was recorded', fix };
    });
  const last = Math.max(...rows.map(({ at }) => Date.parse(at)));
  if (rows.length === 0 || Date.now() - last < newestHourMs) return found;
  const what = `hours are not counted for ${tenant} since ${new Date(last + hourMs).toISOString()}`;
  const fix =
    'see the log of the process that hears the CRM, and whether lanes are stalled or events wait with the broker';
  return [...found, { level: 'warning', what, why: 'so no silence would be noticed', fix }];
};

/** Running processes that serve an old version of the tenant's file. */
const behind = async ({ tenants }: Ledger, tenant: string): Promise<readonly Finding[]> => {
  const number = (await tenants.numbers())[tenant];
  const late = (await tenants.followers(aliveForMs)).filter(({ taken }) => taken[tenant]?.number !== number);
  return late.map(({ id, roles, taken }) => ({
    level: 'warning',
    what: `process ${id} (${roles}) serves version ${taken[tenant]?.number ?? 0} of ${tenant}, not ${number ?? 0}`,
    why: taken[tenant]?.failed?.problem ?? 'it has not taken the newest yet',
    fix: `mend the cause there; it tries again by itself, and \`signalbox tenants --tenant ${tenant}\` tells`,
  }));
};

const aboutTenant = async (ledger: Ledger, tenant: string): Promise<readonly Finding[]> => [
  ...(await waiting(ledger, tenant)),
  ...(await rhythms(ledger, tenant)),
  ...(await behind(ledger, tenant)),
];

/** Whether the ledger opens, and what in it waits for a person. */
export const checkLedger = async (
  options: StateOptions,
  terminal: Terminal,
  tenant: string | undefined,
): Promise<readonly Finding[]> => {
  const url = terminal.env.DATABASE_URL;
  const folder = ledgerFolder(options.state);
  if (url === undefined && !existsSync(folder)) {
    return [{ level: 'ok', what: `ledger: none yet; \`signalbox up\` makes one in ${folder}` }];
  }
  const what = url === undefined ? `ledger in ${folder}` : 'ledger at DATABASE_URL';
  try {
    return await withLedger(options, terminal, async (ledger) => [
      { level: 'ok', what },
      ...(tenant === undefined ? [] : await aboutTenant(ledger, tenant)),
    ]);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const fix =
      url === undefined
        ? 'end the process that has it open, or set DATABASE_URL'
        : 'correct DATABASE_URL, or start PostgreSQL there';
    return [{ level: 'error', what, why: error.message, fix }];
  }
};
