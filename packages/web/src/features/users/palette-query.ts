import type { UserCommand } from './user-commands.ts'

/**
 * What is typed into the palette, as a command and whom it is for: “reset bob” → Reset Password for whoever “bob” finds. The
 * first word decides; the other words of the command's name may follow.
 */
export function readPaletteQuery(
  query: string,
  labels: readonly (readonly [UserCommand, string])[],
): { command: UserCommand | null; whom: string } {
  const words = query.trim().toLowerCase().split(/\s+/)
  const [first = ''] = words
  if (words.length < 2 || first.length < 3) return { command: null, whom: query.trim() }
  for (const [command, label] of labels) {
    const names = label.toLowerCase().split(/\s+/)
    if (!names[0]?.startsWith(first)) continue
    let used = 1
    while (used < words.length - 1 && names[used] !== undefined && names[used]?.startsWith(words[used] ?? ' '))
      used += 1
    return { command, whom: words.slice(used).join(' ') }
  }
  return { command: null, whom: query.trim() }
}
