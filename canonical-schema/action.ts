/** A person's priority, mapped to each CRM's own picklist by its sink. */
export type TaskPriority = 'high' | 'normal' | 'low';

/** What a task says. Texts are final: templates are rendered before an action is made. */
export interface TaskContent {
  /** One line, at most 255 characters. */
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly description: string;
  /** RFC 3339 UTC. */
  readonly due?: string;
  readonly priority: TaskPriority;
  /** The CRM's user or queue id. Absent: the CRM's default owner. */
  readonly assignTo?: string;
}

interface ActionBase {
  /** Derived from the decision: the same action has the same id however often it is tried. At most 255 characters. */
  readonly id: string;
  readonly tenantid: string;
  readonly connection: string;
  /** The record the action is about. */
  readonly about: { readonly entity: string; readonly id: string };
  readonly decisionid: string;
}

/** Creates one task. `id` is stored in the CRM as the task's key, so a second try finds the first. */
export interface CreateTask extends ActionBase {
  readonly kind: 'create-task';
  readonly task: TaskContent;
}

/** Changes an open task that Signalbox created. */
export interface UpdateTask extends ActionBase {
  readonly kind: 'update-task';
  /** The CRM's id of the task. */
  readonly taskId: string;
  readonly task: Partial<TaskContent>;
}

/** Closes a task that is moot, saying why. */
export interface CloseTask extends ActionBase {
  readonly kind: 'close-task';
  readonly taskId: string;
  readonly description: string;
}

/** Sets fields of the record under their native names. */
export interface SetFields extends ActionBase {
  readonly kind: 'set-fields';
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
  /** The version last seen (Salesforce SystemModstamp, RFC 3339). The sink answers `conflict` if the record has moved on. */
  readonly expectedVersion?: string;
}

/** Leaves one note at the record. The CRM keeps `id` with it, or an id made of it, so that a second try finds the first. */
export interface AddNote extends ActionBase {
  readonly kind: 'add-note';
  readonly note: {
    /** One line, at most 255 characters. */
    readonly title: string;
    /** Plain text, lines separated by `\n`. */
    readonly text: string;
  };
}

/** Puts the record into a queue, out of the one that it is in. */
export interface AddToQueue extends ActionBase {
  readonly kind: 'add-to-queue';
  /** The CRM's id of the queue, or of the user or team whose own queue is meant. */
  readonly queue: string;
}

/** What a case says. Texts are final. */
export interface CaseContent {
  /** One line, at most 255 characters. */
  readonly subject: string;
  /** Plain text, lines separated by `\n`. */
  readonly description: string;
  readonly priority: TaskPriority;
  /** The CRM's own type of case. Absent: its default. */
  readonly type?: string;
  /** The CRM's id of the team that is to work on it. */
  readonly team?: string;
  /** The CRM's id of the person who is to work on it. Absent: whom the CRM's own routing finds. */
  readonly assignTo?: string;
}

/** Opens one case (a ticket) about the record. `id` is stored in the CRM as the case's key, so a second try finds the first. */
export interface CreateCase extends ActionBase {
  readonly kind: 'create-case';
  readonly case: CaseContent;
}

/** Changes a case that Signalbox opened: what it says, not who works on it. */
export interface UpdateCase extends ActionBase {
  readonly kind: 'update-case';
  /** The CRM's id of the case. */
  readonly caseId: string;
  readonly case: Pick<CaseContent, 'subject' | 'description' | 'priority'>;
}

export type Action = CreateTask | UpdateTask | CloseTask | SetFields | AddNote | AddToQueue | CreateCase | UpdateCase;
export type ActionKind = Action['kind'];

/**
 * What to do about a refusal: `retryable`, `auth`: try again; `conflict`: a person's newer change goes first; `gone`: the task
 * or record no longer exists; `permanent`: a person must change something.
 */
export type FailureClass = 'retryable' | 'conflict' | 'permanent' | 'auth' | 'gone';

/** What the CRM answered to one action. */
export type ActionResult =
  | {
      readonly actionId: string;
      readonly outcome: 'applied' | 'already-applied';
      readonly nativeId: string;
      readonly nativeVersion?: string;
      /** The CRM's own answer, kept for the record. */
      readonly answer: unknown;
    }
  | {
      readonly actionId: string;
      readonly outcome: 'failed';
      readonly failure: FailureClass;
      /** The CRM's error code, e.g. UNABLE_TO_LOCK_ROW. */
      readonly code: string;
      readonly message: string;
      /** The server's own delay, in ms. */
      readonly retryAfterMs?: number;
      readonly answer: unknown;
    };
