import type { Action, ActionResult, SetFields } from '../../../canonical-schema/action';
import type { Sink } from '../../contract';
import { untilAborted } from '../../kit/abort';
import { notAccepted } from '../../kit/action-result';
import { coalesce } from '../../kit/coalesce';
import { crm } from '../normalise';
import { addNotes } from './add-notes';
import { createKeyed } from './create-keyed';
import type { SinkContext } from './sink-context';
import { isUpdate, updateRecords } from './update-records';

/** Change sets of one batch: SAP works them off one after the other while the caller waits. */
const mostActions = 25;
/** Long enough for the actions of one moment to meet, short against the time of a call. */
const windowMs = 10;

const noResults: ReadonlyMap<string, ActionResult> = new Map();

const isFields = (action: Action): action is SetFields => action.kind === 'set-fields';

/** Writes over OData, the actions of one moment in one batch; tasks by BAPI where that is configured. */
export class ODataSink implements Sink {
  readonly #closing = new AbortController();
  readonly #context: SinkContext;
  readonly #applyOne: (action: Action) => Promise<ActionResult>;

  constructor(context: Omit<SinkContext, 'signal'>) {
    this.#context = { ...context, signal: this.#closing.signal };
    this.#applyOne = coalesce<Action, ActionResult>((batch) => this.#applyBatch(batch), {
      maxBatch: mostActions,
      windowMs,
      keyOf: ({ id }) => id,
    });
  }

  /** See Sink. Callers of the same moment share a call, so an abort ends the caller's wait and not the call. */
  async apply(actions: readonly Action[], signal: AbortSignal): Promise<readonly ActionResult[]> {
    signal.throwIfAborted();
    return untilAborted(Promise.all(actions.map((action) => this.#applyOne(action))), signal);
  }

  /** Ends what is under way; who still waits for it gets a failure. */
  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  async #applyBatch(batch: readonly Action[]): Promise<readonly ActionResult[]> {
    const tasks = batch.filter((action) => action.kind === 'create-task');
    const cases = batch.filter((action) => action.kind === 'create-case');
    const notes = batch.filter((action) => action.kind === 'add-note');
    const changes = batch.filter((action) => action.kind === 'update-task' || action.kind === 'close-task');
    const { changeActivities, createActivities } = this.#context;
    const updates = batch.filter(changeActivities === undefined ? isUpdate : isFields);
    const [created, opened, changed, noted, updated] = await Promise.all([
      createActivities?.(tasks) ?? createKeyed(tasks, this.#context),
      createKeyed(cases, this.#context),
      changeActivities?.(changes) ?? noResults,
      addNotes(notes, this.#context),
      updateRecords(updates, this.#context),
    ]);
    const results = new Map([...created, ...opened, ...changed, ...noted, ...updated]);
    return batch.map((action) => results.get(action.id) ?? notAccepted(action, crm));
  }
}
