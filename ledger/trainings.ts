import type { Kysely, Selectable } from 'kysely';
import type { Schema, TrainingStatus } from './schema';

/** What is told of a training as it goes on. */
export interface TrainingChange {
  readonly status?: TrainingStatus;
  /** Digest of the model that decided when it began. */
  readonly champion?: string;
  /** Of the challenger. */
  readonly digest?: string;
  /** Of the challenger, below the folder for learned models. */
  readonly folder?: string;
  readonly rows?: { readonly yes: number; readonly no: number; readonly censored: number };
  /** What it is judged by, as a document. */
  readonly figures?: unknown;
  /** Why it ended as it did. */
  readonly what?: string;
  /** The person who answered. */
  readonly by?: string;
}

/** One time that a use case was to learn from its outcomes. */
export interface TrainingRow extends TrainingChange {
  readonly usecase: string;
  readonly id: string;
  readonly because: string;
  readonly status: TrainingStatus;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly endedat?: string;
}

/** A challenger that a training made. */
export interface LearnedModel {
  readonly usecase: string;
  readonly status: TrainingStatus;
  readonly digest: string;
  /** Below the folder for learned models. */
  readonly folder: string;
  /** When its training began, RFC 3339 UTC. */
  readonly at: string;
}

/** What learning did, by tenant. Nothing of it is deleted: it says why a model decides, or does not. */
export interface Trainings {
  /** Newest first. */
  list(tenant: string, usecase?: string): Promise<readonly TrainingRow[]>;
  /** Newest first; without what they were judged by, because it is asked for every few seconds. */
  learned(tenant: string): Promise<readonly LearnedModel[]>;
  /** The first one of an id stays. */
  begin(tenant: string, training: Pick<TrainingRow, 'usecase' | 'id' | 'because'>): Promise<void>;
  /** What is not given stays as it is. Throws where the training is not known. */
  change(tenant: string, training: Pick<TrainingRow, 'usecase' | 'id'>, change: TrainingChange): Promise<void>;
}

const columns = [
  ...(['usecase', 'id', 'because', 'status', 'champion', 'digest', 'folder', 'rows', 'figures', 'what'] as const),
  ...(['by', 'at', 'endedat'] as const),
] as const;

const ended: readonly TrainingStatus[] = ['promoted', 'dropped', 'steady', 'alarm'];

/** Trainings, over a database. */
export function trainings(database: Kysely<Schema>): Trainings {
  return {
    list: async (tenant, usecase) => {
      const all = database.selectFrom('trainings').select(columns).where('tenant', '=', tenant);
      const asked = usecase === undefined ? all : all.where('usecase', '=', usecase);
      return (await asked.orderBy('at', 'desc').orderBy('id').execute()).map(readTraining);
    },
    learned: async (tenant) => {
      const rows = await database
        .selectFrom('trainings')
        .select(['usecase', 'status', 'digest', 'folder', 'at'])
        .where('tenant', '=', tenant)
        .where('digest', 'is not', null)
        .orderBy('at', 'desc')
        .execute();
      return rows.flatMap(({ digest, folder, at, ...row }) =>
        digest === null || folder === null ? [] : [{ ...row, digest, folder, at: at.toISOString() }],
      );
    },
    begin: async (tenant, { usecase, id, because }) => {
      await database
        .insertInto('trainings')
        .values({ tenant, usecase, id, because, status: 'training' })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    change: async (tenant, { usecase, id }, { rows, figures, ...change }) => {
      const { status } = change;
      const { numUpdatedRows } = await database
        .updateTable('trainings')
        .set({
          ...change,
          ...(rows === undefined ? {} : { rows: JSON.stringify(rows) }),
          ...(figures === undefined ? {} : { figures: JSON.stringify(figures) }),
          ...(status !== undefined && ended.includes(status) ? { endedat: new Date().toISOString() } : {}),
        })
        .where('tenant', '=', tenant)
        .where('usecase', '=', usecase)
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw new Error(`no training ${id} of ${usecase} is known`);
    },
  };
}

function readTraining({ at, endedat, ...row }: Omit<Selectable<Schema['trainings']>, 'tenant'>): TrainingRow {
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return {
    ...(known as Pick<TrainingRow, 'usecase' | 'id' | 'because' | 'status'>),
    at: at.toISOString(),
    ...(endedat === null ? {} : { endedat: endedat.toISOString() }),
  };
}
