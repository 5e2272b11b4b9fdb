import type { Ledger } from '../ledger/ledger';
import type { Comparison } from '../models/monitor/comparison';
import { gate } from '../models/monitor/gate';
import type { GateCheck } from '../models/monitor/gate-check';
import { groupsOf } from '../models/monitor/groups';
import type { Model } from '../models/registry';

/** Outcomes that a comparison takes in, the newest. */
const mostOutcomes = 10_000;

/** A challenger that may take a champion's place. */
export interface Challenge {
  readonly tenant: string;
  readonly usecase: string;
  readonly champion: Model;
  readonly challenger: Model;
  /** Outcomes that say yes, and that say no, to what the score is the probability of. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** Both on the rows that the challenger held out, where it learnt from decisions. */
  readonly heldOut?: Comparison;
}

/** The gate's checks, over what the ledger knows now. */
export async function checksOf(
  { learning, shadow }: Ledger,
  { tenant, usecase, champion, challenger, yes, no, heldOut }: Challenge,
): Promise<readonly GateCheck[]> {
  const labels = [...yes, ...no];
  const asked = { digest: champion.digest, challenger: challenger.digest, labels, limit: mostOutcomes };
  const labelled = await learning.labelled(tenant, usecase, asked);
  const counts = await shadow.counts(tenant);
  const count = counts.find((one) => one.usecase === usecase && one.digest === challenger.digest);
  const groups = await groupsOf(challenger);
  return gate({
    champion: champion.manifest,
    challenger: challenger.manifest,
    shadowed: count?.scored ?? 0,
    pairs: labelled.flatMap(({ score, label, shadow: said }) =>
      said === undefined ? [] : [{ champion: score, challenger: said, happened: yes.includes(label) }],
    ),
    ...(groups === undefined ? {} : { groups }),
    ...(heldOut === undefined ? {} : { heldOut }),
  });
}
