import { createWriteStream, existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Finding, Ledger, PackWindow, Verified } from '../../ledger/ledger';
import { projectRoot } from '../../services/project-root';
import { withLedger, type StateOptions } from '../places';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

interface VerifyOptions extends Options {
  readonly head?: string;
}

interface ExportOptions extends Options {
  readonly since?: string;
  readonly until?: string;
  readonly output: string;
}

const findingText = ({ what, kind, key, because }: Finding): string =>
  `${what.padEnd(8)} ${kind} ${key}\n    ${because}\n`;

/** What was counted, and what it means. */
const verifiedText = (tenant: string, verified: Verified): string => {
  const { blocks, entries, waiting, emptied, deleted, history, head, anchoredAt, findings, found } = verified;
  const lines = [
    `${tenant}: ${blocks} blocks with ${entries} entries, head ${head ?? 'none: nothing is sealed yet'}`,
    ...(anchoredAt === undefined ? [] : [`  the head that was kept is block ${anchoredAt} of it`]),
    ...(waiting === 0 ? [] : [`  ${waiting} recorded and not sealed yet: nothing is proven of them`]),
    ...(history === 0 ? [] : [`  ${history} were recorded before there was a chain, and sealed as they were then`]),
    ...(emptied === 0 ? [] : [`  ${emptied} were emptied by erasures`]),
    ...(deleted === 0 ? [] : [`  ${deleted} were deleted because they are no longer kept`]),
  ];
  const more = found > findings.length ? [`${found - findings.length} more are not told`] : [];
  const verdict =
    found === 0
      ? ['nothing was altered, taken out or put in since it was sealed']
      : [
          `${found} findings`,
          '  fix: find out who writes to the database besides Signalbox; compare with a backup; `signalbox history` tells a record',
        ];
  return [...lines, ...findings.map((one) => findingText(one).trimEnd()), ...more, ...verdict, ''].join('\n');
};

const verify = (options: VerifyOptions, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async ({ audit }) => {
    const { tenant, head } = options;
    const verified = await audit.verify(tenant, head === undefined ? {} : { head: plainHash(head) });
    if (verified.found > 0) terminal.exitCode = exit.problems;
    if (options.json === true) terminal.out(jsonLine({ tenant, ...verified }));
    else terminal.out(verifiedText(tenant, verified));
  });

/** Throws where a hash is none. */
const plainHash = (text: string): string => {
  const hash = text.replace(/^sha256:/, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new CliError(
    `"${text}" is no hash`,
    '--head',
    'give the 64 hexadecimal digits that `signalbox audit head` printed',
  );
};

const noChain = (tenant: string): CliError =>
  new CliError(
    'nothing is sealed yet',
    `tenant ${tenant}`,
    'a running worker seals every 5 s; `signalbox audit seal` does it now',
    1,
  );

const tellHead = (options: Options, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async ({ audit }) => {
    const { tenant } = options;
    const head = await audit.head(tenant);
    if (head === undefined) throw noChain(tenant);
    if (options.json === true) terminal.out(jsonLine({ tenant, ...head }));
    else terminal.out(`${head.hash}  block ${head.number} of ${tenant}, sealed at ${head.at}\n`);
  });

const seal = (options: Options, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async ({ audit }) => {
    const { tenant } = options;
    const entries = await audit.seal(tenant);
    if (options.json === true) terminal.out(jsonLine({ tenant, entries }));
    else terminal.out(`${entries} entries sealed\n`);
  });

const windowOf = ({ since, until }: ExportOptions): PackWindow => {
  const timeOf = (text: string, where: string): string => {
    if (Number.isNaN(Date.parse(text))) {
      throw new CliError(`"${text}" is no time`, where, 'give a time such as 2026-11-01 or 2026-11-01T08:00:00Z');
    }
    return new Date(text).toISOString();
  };
  return {
    ...(since === undefined ? {} : { since: timeOf(since, '--since') }),
    ...(until === undefined ? {} : { until: timeOf(until, '--until') }),
  };
};

/** What lies in every pack, as it is. */
const ownFiles = ['verify.mjs', 'README.md'] as const;

/** Writes the pack and gives the lines of each file. */
const writePack = async ({ audit }: Ledger, options: ExportOptions) => {
  const { tenant, output } = options;
  const window = windowOf(options);
  if (existsSync(output) && readdirSync(output).length > 0) {
    throw new CliError('the folder is not empty', output, 'give a folder that is empty, or none that is there');
  }
  await mkdir(output, { recursive: true });
  const counts: Record<string, number> = {};
  const parts = {
    blocks: audit.blocks(tenant),
    entries: audit.entries(tenant, window),
    rows: audit.rows(tenant, window),
  };
  for (const [name, items] of Object.entries(parts)) {
    counts[name] = 0;
    const lines = async function* () {
      for await (const item of items) {
        counts[name] = (counts[name] ?? 0) + 1;
        yield jsonLine(item);
      }
    };
    await pipeline(lines, createWriteStream(join(output, `${name}.jsonl`)));
  }
  for (const name of ownFiles) await copyFile(join(projectRoot, 'cli', 'audit-pack', name), join(output, name));
  return counts;
};

const exportPack = (options: ExportOptions, terminal: Terminal): Promise<void> =>
  withLedger(options, terminal, async (ledger) => {
    const { tenant, output } = options;
    const sealed = await ledger.audit.seal(tenant);
    const counts = await writePack(ledger, options).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      const fix = 'give a folder that this user may write';
      throw new CliError(`the pack cannot be written: ${code}`, output, fix, 2, { cause: error });
    });
    if (counts['blocks'] === 0) throw noChain(tenant);
    if (options.json === true) terminal.out(jsonLine({ tenant, output, sealed, ...counts }));
    else {
      terminal.out(`${counts['entries'] ?? 0} entries of a chain of ${counts['blocks'] ?? 0} blocks -> ${output}\n`);
      terminal.out(`verify it with: node ${join(output, 'verify.mjs')}\n`);
    }
  });

/** `signalbox audit` */
export const auditCommand = (program: Command, terminal: Terminal): void => {
  const group = program
    .command('audit')
    .description('Prove that what was decided, done, approved, promoted and erased was not changed since.');
  const command = (name: string, description: string, json: string, help: string): Command =>
    group
      .command(name)
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose chain')
      .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
      .option('--json', `one line of JSON: ${json}`)
      .addHelpText('after', `\n${help}`);
  command(
    'verify',
    'Recompute the whole chain and hold every row to it; name the first that was altered, taken out or put in.',
    '{tenant, blocks, entries, waiting, emptied, deleted, history, head, anchoredAt, findings, found}',
    'Exits 1 on a finding. What is not sealed yet is told, and is none.\n\nExample:\n  signalbox audit verify --tenant acme --head 9f2c…',
  )
    .option('--head <HASH>', 'a hash that was kept elsewhere: the chain must have it')
    .action((_: unknown, self: Command) => verify(self.opts<VerifyOptions>(), terminal));
  command(
    'head',
    'Print the hash of the newest block, to be kept where nobody who may write to the database can.',
    '{tenant, number, hash, at}',
    'Exits 1 where nothing is sealed.\n\nExample:\n  signalbox audit head --tenant acme >> /mnt/worm/heads.txt',
  ).action((_: unknown, self: Command) => tellHead(self.opts<Options>(), terminal));
  command(
    'seal',
    'Seal now what was recorded; a running worker does so every 5 s.',
    '{tenant, entries}',
    'Example:\n  signalbox audit seal --tenant acme',
  ).action((_: unknown, self: Command) => seal(self.opts<Options>(), terminal));
  command(
    'export',
    'Write a pack for an auditor: rows, chain, and a script that verifies them without Signalbox.',
    '{tenant, output, sealed, blocks, entries, rows}',
    'Seals first what waits. A block counts with the time at which it was sealed.\n\nExample:\n  signalbox audit export --tenant acme --since 2026-10-01 --until 2027-01-01 --output ./pack-q4',
  )
    .requiredOption('--output <FOLDER>', 'an empty folder, or one that is made')
    .option('--since <TIME>', 'sealed then or later')
    .option('--until <TIME>', 'sealed before')
    .action((_: unknown, self: Command) => exportPack(self.opts<ExportOptions>(), terminal));
};
