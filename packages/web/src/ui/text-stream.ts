/** What a page draws without becoming slow. */
export const mostLines = 5_000

/** The end of a text, at most so many lines of it, and how many were left out in all. */
export function keepEnd(text: string, left = 0, most = mostLines): { text: string; left: number } {
  let lines = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  const over = lines - most
  if (over <= 0) return { text, left }
  let from = 0
  for (let n = 0; n < over; n += 1) from = text.indexOf('\n', from) + 1
  return { text: text.slice(from), left: left + over }
}
