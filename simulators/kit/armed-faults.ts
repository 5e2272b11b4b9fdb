interface Armed<R> {
  left: number;
  readonly request: R;
}

/** The faults waiting to strike. `K`: their kinds; `R`: what a request for one says. */
export class ArmedFaults<K extends string, R extends { readonly times?: number }> {
  readonly #armed = new Map<K, Armed<R>>();

  /** Arms a fault, for one strike where the request does not say how many; replaces one of the same kind. */
  arm(kind: K, request: R): void {
    this.#armed.set(kind, { left: request.times ?? 1, request });
  }

  /** Takes one strike of a fault, if it is armed. */
  take(kind: K): R | undefined {
    return this.takeIf(kind, () => true);
  }

  /** The same, if the request for it is about this occasion. */
  protected takeIf(kind: K, strikes: (request: R) => boolean): R | undefined {
    const armed = this.#armed.get(kind);
    if (armed === undefined || !strikes(armed.request)) return undefined;
    armed.left -= 1;
    if (armed.left <= 0) this.#armed.delete(kind);
    return armed.request;
  }

  /** Disarms everything. */
  clear(): void {
    this.#armed.clear();
  }

  /** What is armed, with the strikes left. */
  list(): readonly { kind: K; left: number }[] {
    return [...this.#armed].map(([kind, { left }]) => ({ kind, left }));
  }
}
