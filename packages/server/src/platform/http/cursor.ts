import { problem } from './problem.ts'

/** Where in which list a page begins. Opaque to clients: base64url of JSON. */
export const writeCursor = (list: string, keys: string[], backward: boolean): string =>
  Buffer.from(JSON.stringify([list, backward ? 1 : 0, ...keys])).toString('base64url')

/** Throws `invalid_cursor` where the cursor is not one of this list in this order. */
export function readCursor(cursor: string, list: string): { keys: string[]; backward: boolean } {
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return problem('invalid_cursor')
  }
  if (!Array.isArray(parsed) || parsed.length < 3 || parsed[0] !== list) return problem('invalid_cursor')
  const [, backward, ...keys] = parsed
  if (!keys.every((key) => typeof key === 'string' && !key.includes('\0'))) return problem('invalid_cursor')
  return { keys, backward: backward === 1 }
}
