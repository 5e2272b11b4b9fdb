import type { Log } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';

/** What learning needs, handed in by the composition root. */
export interface LearningDependencies {
  readonly ledger: Ledger;
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** Folder of the models that tenants' files name. */
  readonly modelsDir: string;
  /** Folder of learned models, `<tenant>/<use case>/<training>/<model>`; the same for every process. */
  readonly learnedDir: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
