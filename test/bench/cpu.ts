import { readFileSync, readdirSync } from 'node:fs';

/** CPU time since its start, ms, of this process and of the programs that it has started, by what they are in the line. */
export type CpuTimes = ReadonlyMap<string, number>;

const ownName = "Signalbox's process";

/** Programs of the line by their name in the process table, which calls a child that runs Node by its main thread. */
const programs: ReadonlyMap<string, string> = new Map([
  ['beam.smp', 'RabbitMQ'],
  ['temporal', 'Temporal'],
  ['postgres', 'PostgreSQL'],
  ['node', 'the simulated org'],
  ['node-MainThread', 'the simulated org'],
  ['MainThread', 'the simulated org'],
]);

/** Of Linux alone: elsewhere only this process is told. A server that was there before is left out. */
export function cpuTimes(): CpuTimes {
  const { user, system } = process.cpuUsage();
  const times = new Map([[ownName, (user + system) / 1000]]);
  for (const { name, cpuMs } of descendants()) {
    const program = programs.get(name);
    if (program !== undefined) times.set(program, (times.get(program) ?? 0) + cpuMs);
  }
  return times;
}

/** What each has used between two looks, ms, the greatest first. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): readonly (readonly [string, number])[] {
  return [...after].map(([name, ms]) => [name, ms - (before.get(name) ?? 0)] as const).sort(([, a], [, b]) => b - a);
}

interface ProcessSeen {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly cpuMs: number;
}

function descendants(): readonly ProcessSeen[] {
  const all = process.platform === 'linux' ? readdirSync('/proc').flatMap(processSeen) : [];
  const family = new Set([process.pid]);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && family.has(pid));
}

/** Linux counts CPU time in hundredths of a second. */
const msPerTick = 10;

function processSeen(pid: string): readonly ProcessSeen[] {
  if (!/^\d+$/.test(pid)) return [];
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    // Fields of proc(5) behind the name, which may itself hold spaces: parent, and ticks in user and kernel mode.
    const fields = stat.slice(end + 2).split(' ');
    const cpuMs = msPerTick * (Number(fields[11]) + Number(fields[12]));
    return [{ pid: Number(pid), parent: Number(fields[1]), name: stat.slice(stat.indexOf('(') + 1, end), cpuMs }];
  } catch {
    return []; // It has ended meanwhile.
  }
}
