import type { EntityName } from '../canonical-schema/entity';
import type {
  Approval,
  CaseTemplate,
  NoteTemplate,
  OverdueStep,
  OwnerRoute,
  QueueRoute,
  TaskTemplate,
} from './act-template';
import type { WrittenLearning } from './learning';

/** A step of `overdue` as the file has it. */
export type WrittenOverdue = OverdueStep['change'] & { readonly after: string };

/** An entry of `act` as the file has it. */
export interface WrittenAct {
  readonly task?: Omit<TaskTemplate, 'kind' | 'due' | 'priority' | 'overdue' | 'draft'> & {
    readonly due?: string;
    readonly overdue?: readonly WrittenOverdue[];
    readonly draft?: boolean;
    readonly priority?: TaskTemplate['priority'];
  };
  readonly case?: Omit<CaseTemplate, 'kind' | 'priority'> & { readonly priority?: CaseTemplate['priority'] };
  readonly note?: Omit<NoteTemplate, 'kind'>;
  readonly set?: { readonly field: string; readonly value: string | number | boolean | null };
  readonly route?: Omit<OwnerRoute, 'kind'> | Omit<QueueRoute, 'kind'>;
}

/** A use case as the file has it, once its shape was checked. */
export interface WrittenUseCase {
  readonly connection: string;
  readonly model?: string;
  readonly challengers?: readonly string[];
  readonly entity?: EntityName;
  readonly when?: string;
  readonly bands?: Readonly<Record<string, number>>;
  readonly act?: Readonly<Record<string, readonly WrittenAct[]>>;
  readonly approval?: Approval;
  readonly approvers?: readonly string[];
  readonly outcome?: { readonly won?: string; readonly lost?: string; readonly within: string };
  readonly materialChange?: number;
  readonly related?: Readonly<Record<string, WrittenRelated>>;
  readonly learning?: WrittenLearning;
}

/** A value over a customer's other records, as the file has it. */
export interface WrittenRelated {
  readonly connection?: string;
  readonly entity: EntityName;
  readonly count?: string;
  readonly sum?: string;
  readonly daysSince?: string;
  readonly at?: string;
  readonly within?: string;
}
