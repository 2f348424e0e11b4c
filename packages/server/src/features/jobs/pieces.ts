import type { OutputPiece } from '../../engines/port.ts'

/** A piece of text, from which byte on, and how long the whole is by now. */
export type TextPiece = { from: number; text: string; size: number }

/** Bytes of one event at most. */
const mostAtOnce = 64 * 1024

/** How many bytes at the end are the beginning of a character of UTF-8 whose rest has not come yet. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? back : 0
    }
    if (byte < 0x80) return 0
  }
  return 0
}

const isRest = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80 && byte < 0xc0

/** Makes text of bytes as they come, and tears no character: neither between pieces nor where the reading begins. */
export function openPieces() {
  let rest = Buffer.alloc(0)
  /** The byte that comes next; null before the first. */
  let next: number | null = null
  let size = 0

  const cut = function* (bytes: Buffer, from: number, whole: boolean): Generator<TextPiece> {
    let at = 0
    while (at < bytes.length) {
      let part = bytes.subarray(at, at + mostAtOnce)
      const last = at + part.length === bytes.length
      const torn = last && whole ? 0 : unfinished(part)
      part = part.subarray(0, part.length - torn)
      if (part.length === 0) break
      yield { from: from + at, text: part.toString('utf8'), size }
      at += part.length
    }
    rest = Buffer.from(bytes.subarray(at))
  }

  return {
    /** The byte to go on with; null before the first. */
    next: () => next,
    *add(piece: OutputPiece): Generator<TextPiece> {
      let { bytes, from } = piece
      size = piece.size
      // In the middle of a file: perhaps of a character. After a gap nothing goes on.
      if (next === null && from > 0) {
        let skipped = 0
        while (skipped < 3 && isRest(bytes[skipped])) skipped += 1
        bytes = bytes.subarray(skipped)
        from += skipped
      }
      if (from !== next) rest = Buffer.alloc(0)
      next = from + bytes.length
      yield* cut(Buffer.concat([rest, bytes]), from - rest.length, false)
    },
    /** What is left when nothing more comes: a character that was never finished. */
    *end(): Generator<TextPiece> {
      yield* cut(rest, (next ?? 0) - rest.length, true)
    },
  }
}
