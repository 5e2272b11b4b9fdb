/** What a shell reports for a process ended by that signal: 128 + its number. */
const exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const endings = new Set<() => Promise<void>>();
let isEnding = false;

/**
 * Calls `end` when this process is told to end or meets an error that nobody caught, then lets it end. Gives a
 * function that takes the wish back. A second Ctrl-C ends at once; the dead man's switches then do the rest.
 */
export function onExit(end: () => Promise<void>): () => void {
  if (endings.size === 0) listen();
  endings.add(end);
  return () => {
    endings.delete(end);
    if (endings.size === 0) unlisten();
  };
}

function listen(): void {
  for (const signal of Object.keys(exitCode)) process.on(signal, endBySignal);
  process.on('uncaughtException', endByError);
}

function unlisten(): void {
  for (const signal of Object.keys(exitCode)) process.off(signal, endBySignal);
  process.off('uncaughtException', endByError);
}

function endBySignal(signal: NodeJS.Signals): void {
  void endAll(exitCode[signal as keyof typeof exitCode]);
}

function endByError(error: unknown): void {
  // What still runs while its servers end fails, and that is no news.
  if (isEnding) return;
  console.error(error);
  void endAll(1);
}

/** Ends this process as a signal would: what is to be ended first is ended, nothing more where that is under way. */
export function endInOrder(code: number): void {
  if (!isEnding) void endAll(code);
}

async function endAll(code: number): Promise<void> {
  if (isEnding) process.exit(code);
  isEnding = true;
  await Promise.allSettled([...endings].map((end) => end()));
  process.exit(code);
}
