import { recordId } from '../org/ids';
import { notFound } from '../org/refusal';

/** A query job of the Bulk API 2.0. */
export interface Job {
  readonly id: string;
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  readonly object: string;
  state: 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';
  errorMessage?: string;
  records: readonly Readonly<Record<string, unknown>>[];
}

/** The query jobs of the org. A job goes one state on each time it is looked at. */
export class BulkJobs {
  readonly #jobs = new Map<string, Job>();
  #made = 0;

  add(job: Omit<Job, 'id' | 'state' | 'records'>): Job {
    this.#made += 1;
    const made: Job = { ...job, id: recordId('750', this.#made), state: 'UploadComplete', records: [] };
    this.#jobs.set(made.id, made);
    return made;
  }

  /** @throws Refusal 404 for an unknown one */
  find(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw notFound();
    return job;
  }

  remove(id: string): void {
    this.#jobs.delete(id);
  }

  get all(): readonly Job[] {
    return [...this.#jobs.values()];
  }
}
