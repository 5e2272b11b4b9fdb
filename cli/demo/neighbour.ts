/**
 * Starts one.
 * @param dir where its options are written
 * @param origin where Signalbox listens, `http://host:port`
 */
export type StartNeighbour = (dir: string, origin: string) => Promise<Neighbour>;

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
  /** Lets records be created; how many, and what people call them. */
  live(): Promise<{ readonly records: number; readonly called: string }>;
  /** Changes that the CRM has told of so far, those by Signalbox among them. */
  told(): Promise<number>;
  /** Tasks that the CRM holds. */
  tasks(): Promise<number>;
  stop(): Promise<void>;
}
