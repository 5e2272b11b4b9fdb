import type { TaskPriority } from '../../../canonical-schema/action';

/** Words of Sales and Service Cloud V2 that are not the same in every tenant, or that nobody could verify. */
export interface V2Settings {
  /** Path of the REST services below the host. */
  readonly basePath: string;
  /** Status of a task that is done. */
  readonly closedStatus: string;
  readonly taskPriorities: Readonly<Record<TaskPriority, string>>;
  readonly casePriorities: Readonly<Record<TaskPriority, string>>;
  /** Absent: the tenant's own default. */
  readonly taskCategory?: string;
  /** Absent: the tenant's own default. */
  readonly caseType?: string;
  /** Member of a record that lists its notes. */
  readonly notes: string;
}

/** What `config.schema.json` tells as defaults. */
export const usualV2: V2Settings = {
  basePath: '/sap/c4c/api/v1',
  closedStatus: 'COMPLETED',
  taskPriorities: { high: 'URGENT', normal: 'NORMAL', low: 'LOW' },
  casePriorities: { high: '02', normal: '03', low: '07' },
  notes: 'notes',
};

/** Objects that a gap in the events is read back for where the configuration names none. */
export const usualV2Objects: readonly string[] = [
  'Account',
  'Contact',
  'Lead',
  'Opportunity',
  'ServiceRequest',
  'Task',
];
