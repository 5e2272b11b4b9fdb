import type { ColumnType } from 'kysely';

/** A document: read parsed, written as text. */
export type Json<T> = ColumnType<T, string, string>;
export type NullableJson<T> = ColumnType<NonNullable<T> | null, string | null, string | null>;

/** Read as a Date, written as RFC 3339. */
export type Time = ColumnType<Date, string | undefined, string>;
export type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>;
