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
