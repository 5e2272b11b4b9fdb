/** Never resolves: the process lives until a signal ends it. */
export function untilEnded(): Promise<never> {
  return new Promise(() => {
    // A pending promise alone does not keep a process alive.
    setInterval(() => undefined, 2 ** 30);
  });
}
