/** A task that a CRM has made, by the decision that called for it. */
export interface MadeTask {
  readonly tenant: string;
  readonly usecase: string;
  readonly decisionid: string;
  /** When the CRM had answered, ms since the epoch. */
  readonly at: number;
}

/** Tasks that nobody asks about are forgotten, oldest first. */
const most = 10_000;

/** Tasks whose time since their event is not known yet: the ledger is asked for it only when the metrics are. */
export class Tasks {
  private made: MadeTask[] = [];

  add(task: MadeTask): void {
    this.made.push(task);
    if (this.made.length > most) this.made.splice(0, most / 10);
  }

  /** All of them; they are forgotten. */
  take(): readonly MadeTask[] {
    const taken = this.made;
    this.made = [];
    return taken;
  }

  /** What could not be looked up is asked for again. */
  giveBack(tasks: readonly MadeTask[]): void {
    this.made = [...tasks, ...this.made].slice(-most);
  }
}
