import { recordKey, type RecordOf } from '../canonical-schema/identity';

/** A record with the identity keys that it has, each `<rule>:<hash>`. */
export interface KeyHolder extends RecordOf {
  readonly connection: string;
  /** No other record of the CRM and entity may have one of these. */
  readonly own: readonly string[];
  /** Several records of the same customer may have these. */
  readonly shared: readonly string[];
}

/** A record of the same customer, and the rules by which that is known. */
export interface Member extends RecordOf {
  readonly connection: string;
  readonly by: readonly string[];
}

/** A key that links nothing, because it would be a guess. */
export interface Unjoined {
  readonly rule: string;
  /** `several`: two records of one CRM have it as their own; `many`: more records than a customer has. */
  readonly because: 'several' | 'many';
  /** Some of the records that have it, in order. */
  readonly subjects: readonly string[];
}

/** All that is known to be the customer of a record. */
export interface Customer {
  /** The record itself is not among them. In order of connection and subject. */
  readonly members: readonly Member[];
  readonly unjoined: readonly Unjoined[];
}

/** Who has a key, by key. */
export type KeyIndex = Pick<ReadonlyMap<string, readonly KeyHolder[]>, 'get'>;

/** A key that more records have is no customer's. */
export const mostHolders = 1000;

const mostTold = 10;

/** Who has which key. */
export const indexKeys = (holders: Iterable<KeyHolder>): KeyIndex => {
  const index = new Map<string, KeyHolder[]>();
  for (const holder of holders) {
    for (const key of [...holder.own, ...holder.shared]) {
      const others = index.get(key);
      if (others === undefined) index.set(key, [holder]);
      else others.push(holder);
    }
  }
  return index;
};

const ruleOf = (key: string): string => key.slice(0, key.indexOf(':'));
const entityOf = ({ subject }: KeyHolder): string => subject.slice(0, subject.indexOf('/'));

/** Why a key links nothing; undefined when it does. */
const whyUnjoined = (key: string, holders: readonly KeyHolder[]): Unjoined['because'] | undefined => {
  if (holders.length > mostHolders) return 'many';
  const owners = holders.filter(({ own }) => own.includes(key));
  const places = new Set(owners.map((owner) => `${owner.source} ${entityOf(owner)}`));
  return places.size < owners.length ? 'several' : undefined;
};

/**
 * Walks from a record over keys that are certain. A record that is reached by a key of its own leads on by all its keys; one
 * that only shares the key (an order of the account) leads on by its own keys alone, so that what two customers share
 * joins them never. The same records give the same customer, in whatever order they became known. Pure.
 */
export class CustomerWalk {
  /** Keys that were followed or found unfit, in the order of the walk. */
  readonly keys = new Set<string>();
  private readonly by = new Map<string, { readonly holder: KeyHolder; readonly rules: Set<string> }>();
  private readonly refused = new Map<string, Unjoined>();

  constructor(
    private readonly start: KeyHolder,
    private readonly index: KeyIndex,
  ) {
    const waiting = [...start.own, ...start.shared];
    for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
      if (this.keys.has(key)) continue;
      this.keys.add(key);
      waiting.push(...this.follow(key));
    }
  }

  get customer(): Customer {
    const members = [...this.by.values()].map(({ holder: { source, subject, connection }, rules }) => {
      return { source, subject, connection, by: [...rules].sort() };
    });
    const place = ({ connection, subject, source }: Member): string => `${connection} ${subject} ${source}`;
    return {
      members: members.sort((a, b) => (place(a) < place(b) ? -1 : 1)),
      unjoined: [...this.refused].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    };
  }

  /** Takes in who has a key; gives the keys to go on with. */
  private follow(key: string): readonly string[] {
    const holders = this.index.get(key) ?? [];
    const because = whyUnjoined(key, holders);
    if (because !== undefined) {
      const subjects = holders.map(({ subject }) => subject).sort();
      this.refused.set(key, { rule: ruleOf(key), because, subjects: subjects.slice(0, mostTold) });
      return [];
    }
    return holders.flatMap((holder) => {
      const at = recordKey(holder);
      if (at === recordKey(this.start)) return [];
      const known = this.by.get(at) ?? { holder, rules: new Set<string>() };
      known.rules.add(ruleOf(key));
      this.by.set(at, known);
      return holder.own.includes(key) ? [...holder.own, ...holder.shared] : holder.own;
    });
  }
}
