/**
 * The name of somebody in a statement that reads `users` by an alias; null where there is none, or nobody, or they were
 * deleted: then the user name is all that is said of them.
 */
export const nameOf = (alias: string): string =>
  `case when ${alias}.deleted_at is null then nullif(trim(${alias}.first_name || ' ' || ${alias}.last_name), '') end`
