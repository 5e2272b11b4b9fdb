import type { ActionResult, CloseTask, CreateTask, UpdateTask } from '../../../canonical-schema/action';
import type { NoteSettings } from '../config';
import type { ODataClient } from '../odata/client';
import type { ODataProduct } from '../odata/services';

/** What the writes of a connection share. */
export interface SinkContext {
  readonly client: ODataClient;
  readonly product: ODataProduct;
  readonly baseUrl: string;
  /** Extension field of activity tasks. */
  readonly taskKeyField: string;
  /** Creates tasks elsewhere than over OData. */
  readonly createActivities?: (actions: readonly CreateTask[]) => Promise<Map<string, ActionResult>>;
  /** Changes and closes the tasks that were created so. */
  readonly changeActivities?: (actions: readonly (UpdateTask | CloseTask)[]) => Promise<Map<string, ActionResult>>;
  readonly note: NoteSettings;
  readonly signal: AbortSignal;
}
