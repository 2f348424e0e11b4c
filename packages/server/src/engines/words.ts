/** Characters of a text that are looked at for its words: whoever sends more is not waited for. */
const looked = 2_000
const most = 300

/** The first words of what somebody else wrote, without markup, in one line; soon, however long it is and whatever it holds. */
export function wordsIn(text: string): string {
  return (
    text
      .slice(0, looked)
      // A tag ends where the next begins: else each `<` would look through all that follows.
      .replace(/<[^<>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, most)
  )
}
