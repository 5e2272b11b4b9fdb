const held = new Map<string, Promise<void>>();

/**
 * Runs while nobody else in this process holds any of the keys: looking up and creating must not overlap for one key. Keys are
 * taken in one order, so that two callers never wait for each other.
 */
export async function withLocks<T>(keys: readonly string[], run: () => Promise<T>): Promise<T> {
  const releases: (() => void)[] = [];
  try {
    for (const key of [...new Set(keys)].sort()) releases.push(await take(key));
    return await run();
  } finally {
    for (const release of releases) release();
  }
}

async function take(key: string): Promise<() => void> {
  const before = held.get(key);
  let release: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    release = resolve;
  });
  const chain = (before ?? Promise.resolve()).then(() => mine);
  held.set(key, chain);
  await before;
  return () => {
    release();
    if (held.get(key) === chain) held.delete(key);
  };
}
