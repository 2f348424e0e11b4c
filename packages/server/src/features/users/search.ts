import { type RawBuilder, sql } from 'kysely'

/** Lower case, without accents: the same as fold() in the database. */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')

/** A word that somebody's username, names or e-mail must have, or one that begins with it. */
export type Term = { from: string; below: string }

/** The words of a search, longest first: it finds the fewest. Six at most. */
export function termsOf(q: string | undefined): Term[] {
  const words = fold(q ?? '')
    .split(/[-\s._@+'’]+/)
    .filter((word) => word !== '')
  return [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .slice(0, 6)
    .map((word) => word.slice(0, 64))
    .map((from) => ({ from, below: `${from}\u{10FFFF}` }))
}

/** Whether the user of the row has the term. `offset 0` keeps it a look-up by user for each row, never a join over all. */
export const hasTerm = (tenantId: string, term: Term, userId = sql.ref('u.id')): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from user_words has where has.tenant_id = ${tenantId} and has.user_id = ${userId}
    and has.word >= ${term.from} and has.word < ${term.below} offset 0)`

/** Who has the term, each once, `most` at the most. */
export const havingTerm = (tenantId: string, term: Term, most: number): RawBuilder<unknown> =>
  sql`(select distinct user_id from (select user_id from user_words where tenant_id = ${tenantId}
    and word >= ${term.from} and word < ${term.below} limit ${sql.lit(most)}) found)`
