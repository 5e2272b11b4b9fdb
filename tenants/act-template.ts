import type { TaskPriority } from '../canonical-schema/action';

/** What changes about a task that nobody has done by then. */
export interface OverdueStep {
  /** Milliseconds from when the task was made. */
  readonly after: number;
  /** What is absent stays as it is. */
  readonly change: Partial<Pick<TaskTemplate, 'subject' | 'priority' | 'assignTo'>>;
}

/** A task for a person. `subject` and `body` are templates. */
export interface TaskTemplate {
  readonly kind: 'task';
  readonly subject: string;
  readonly body?: string;
  /** Milliseconds from the decision to the due time. */
  readonly due?: number;
  readonly priority: TaskPriority;
  /** `owner` (of the record) or the CRM's id of a user or queue. */
  readonly assignTo?: string;
  /** The soonest first. */
  readonly overdue?: readonly OverdueStep[];
  /** The assistant drafts the texts, within so many milliseconds. Absent: they are the template's. */
  readonly draft?: { readonly withinMs: number };
}

/** A case about the record, opened once as long as the engagement lasts. `subject` and `body` are templates. */
export interface CaseTemplate {
  readonly kind: 'case';
  readonly subject: string;
  readonly body?: string;
  readonly priority: TaskPriority;
  /** The CRM's own type of case. */
  readonly type?: string;
  /** The CRM's id of a team. */
  readonly team?: string;
  /** `owner` (of the record) or the CRM's id of a person. */
  readonly assignTo?: string;
}

/** A note at the record, for whoever opens it next. `title` and `text` are templates. */
export interface NoteTemplate {
  readonly kind: 'note';
  readonly title: string;
  readonly text?: string;
}

/** A field of the record, under its native name. A text value is a template; null empties the field. */
export interface SetTemplate {
  readonly kind: 'set';
  readonly field: string;
  readonly value: string | number | boolean | null;
}

interface Routing {
  readonly kind: 'route';
  /** The CRM's id of a user, team or queue, by class. */
  readonly to: Readonly<Record<string, string>>;
  /** For a class that is not in `to`. Absent: the record stays with whom it is. */
  readonly otherwise?: string;
}

/** Who owns the record, by the class that the model has chosen. */
export interface OwnerRoute extends Routing {
  /** The owner's field, under its native name. */
  readonly field: string;
}

/** Which queue the record waits in, by that class: for CRMs whose queues are no owners. */
export interface QueueRoute extends Routing {
  readonly queue: true;
}

export type RouteTemplate = OwnerRoute | QueueRoute;

/** What a band calls for. */
export type ActTemplate = TaskTemplate | CaseTemplate | NoteTemplate | SetTemplate | RouteTemplate;

/** Who must say yes before anything is written: nobody, a person always, or a person when the record's amount is above. */
export type Approval = 'none' | 'required' | { readonly above: number };
