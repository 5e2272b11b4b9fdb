/** How a simulator ends, once, whoever asks for it and however often. */
export interface Stopping {
  readonly stop: () => Promise<void>;
  /** Resolves when the simulator has stopped. */
  readonly stopped: Promise<void>;
}

/** @param end ends everything that the simulator has open */
export function stopOnce(end: () => Promise<unknown>): Stopping {
  let resolveStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  let stopping: Promise<void> | undefined;
  const endAll = async (): Promise<void> => {
    await end();
    resolveStopped();
  };
  return { stop: () => (stopping ??= endAll()), stopped };
}
