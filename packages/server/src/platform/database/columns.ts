import type { ColumnType } from 'kysely'

export type ReadOnly<T> = ColumnType<T, never, never>
export type Instant = ColumnType<Date, Date, Date>
export type InstantOrNull = ColumnType<Date | null, Date | null | undefined, Date | null>
