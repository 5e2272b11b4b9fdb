/** Resolves with the first SIGINT or SIGTERM; the process is then to end with code 130. */
export function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.exitCode = 130;
        resolve();
      });
    }
  });
}
