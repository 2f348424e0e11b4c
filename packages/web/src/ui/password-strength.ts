export type Strength = { word: 'weak' | 'fair' | 'good' | 'strong'; share: number; color: string; missing: number }

/**
 * A rough measure while typing: characters that repeat, continue or come again count for little. The server judges, with
 * a list of common passwords and the person's own names.
 */
export function strengthOf(password: string, minLength: number): Strength {
  const characters = [...password]
  const missing = Math.max(0, minLength - characters.length)
  let worth = 0
  for (const [index, character] of characters.entries()) {
    const step = index === 0 ? 99 : (character.codePointAt(0) ?? 0) - (characters[index - 1]?.codePointAt(0) ?? 0)
    const again =
      index >= 4 &&
      characters
        .slice(0, index)
        .join('')
        .includes(characters.slice(index - 2, index + 1).join(''))
    worth += Math.abs(step) <= 1 || again ? 0.15 : 1
  }
  if (missing > 0 || worth < 9) return { word: 'weak', share: Math.min(0.3, worth / 30), color: 'red', missing }
  if (worth < 13) return { word: 'fair', share: 0.5, color: 'yellow', missing }
  if (worth < 19) return { word: 'good', share: 0.75, color: 'tide', missing }
  return { word: 'strong', share: 1, color: 'tide', missing }
}

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 24 characters that can be read aloud, 118 bits. */
export function generatePassword(): string {
  const limit = 256 - (256 % alphabet.length)
  let made = ''
  while (made.length < 24) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < limit) made += alphabet[byte % alphabet.length]
  }
  return made.replace(/(.{6})(?=.)/g, '$1-')
}
