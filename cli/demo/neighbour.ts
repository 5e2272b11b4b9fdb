/**
 * Starts one.
 * @param dir where its options are written
 * @param origin where Signalbox listens, `http://host:port`
 */
export type StartNeighbour = (dir: string, origin: string) => Promise<Neighbour>;

/** What a CRM holds of what a use case led to. */
export interface Deeds {
  readonly usecase: string;
  readonly count: number;
  /** For a person: `cases given to a team`. */
  readonly what: string;
}

/** A CRM of the demo beside Salesforce: simulated, with a tenant of its own and a small story of its own. */
export interface Neighbour {
  /** For a person: `Dynamics 365`. */
  readonly crm: string;
  readonly tenant: string;
  /** Where it answers. */
  readonly address: string;
  /** What the tenant's file refers to as `env:NAME`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The tenant's file, as an integration team writes it. */
  tenantFile(): object;
  /** Has the CRM push to Signalbox, once that listens. */
  connect(): Promise<void>;
  /** Lets records be created; how many, and what people call them: `40 leads and 30 cases`. */
  live(): Promise<{ readonly records: number; readonly called: string }>;
  /** Changes that the CRM has told of so far, those by Signalbox among them. */
  told(): Promise<number>;
  /** Tasks that the CRM holds. */
  tasks(): Promise<number>;
  /** By use case. */
  deeds(): Promise<readonly Deeds[]>;
  stop(): Promise<void>;
}
