import { historyFacts } from './facts';
import { mostPeers, type History, type HistoryFacts, type Observation } from './history';
import { observeRow } from './observe';
import type { Unscorable } from '../feature-row';

/** The newest of these are dropped to once twice as many are held, so that dropping costs next to nothing. */
class Newest<T> {
  private held: T[] = [];

  constructor(private readonly most: number) {}

  add(one: T): void {
    this.held.push(one);
    if (this.held.length >= 2 * this.most) this.held = this.held.slice(-this.most);
  }

  get items(): readonly T[] {
    return this.held.length > this.most ? this.held.slice(-this.most) : this.held;
  }
}

/** The past of a file's series while its rows are read: each row sees those above it, and none below. */
export class Memory {
  private readonly series = new Map<string, Newest<Observation>>();
  private readonly groups = new Map<string, Newest<Observation & { readonly series: string }>>();

  constructor(private readonly history: History) {}

  /** What the past says of a row, which is part of it from then on; a row that cannot be used is not. */
  take(row: Readonly<Record<string, string>>): HistoryFacts | Unscorable {
    const observed = observeRow(this.history, row);
    if ('outcome' in observed) return observed;
    const { series, peers, observation } = observed;
    const own = got(this.series, series, () => new Newest(this.history.most));
    // One more than is compared with, for those of the series itself.
    const group = got(this.groups, peers, () => new Newest(mostPeers + this.history.most));
    const past = own.items;
    const { column, outOfOrder } = this.history.time;
    if (observation.at < (past.at(-1)?.at ?? -Infinity)) {
      const reason = `${column} (time) is earlier than that of a row of "${series.slice(0, 40)}" above it`;
      return { outcome: outOfOrder, feature: '', column, reason };
    }
    const others = group.items.filter((one) => one.series !== series).slice(-mostPeers);
    const facts = historyFacts(this.history, { past, peers: others }, observation);
    own.add(observation);
    group.add({ ...observation, series });
    return facts;
  }
}

function got<T>(map: Map<string, T>, key: string, made: () => T): T {
  const known = map.get(key) ?? made();
  map.set(key, known);
  return known;
}
