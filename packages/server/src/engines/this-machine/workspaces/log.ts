import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { without } from '../../../platform/secrets/without.ts'

const before = 64 * 1024
const every = 300
const most = 256 * 1024

/** The lines of a log, from the last 64 KiB on and as they come, until the signal. One that is cut off begins anew. */
export async function* follow(path: string, secret: string, signal: AbortSignal): AsyncIterable<string> {
  let at: number | null = null
  let rest = Buffer.alloc(0)
  while (!signal.aborted) {
    const piece: { bytes: Buffer; from: number; size: number } | null = await read(path, at)
    if (piece) {
      // In the midst of a log, the first line is not whole.
      const whole = at !== null || piece.from === 0
      at = piece.from + piece.bytes.length
      const bytes: Buffer = Buffer.concat([
        rest,
        whole ? piece.bytes : piece.bytes.subarray(piece.bytes.indexOf(10) + 1),
      ])
      // A line is given when it ends: half of a secret is not known for one.
      const end = bytes.length > most ? bytes.length : bytes.lastIndexOf(10) + 1
      rest = Buffer.from(bytes.subarray(end))
      if (end > 0) yield without(secret, bytes.subarray(0, end).toString('utf8'))
      if (at < piece.size) continue
    }
    await delay(every, undefined, { signal }).catch(() => {})
  }
}

async function read(path: string, at: number | null) {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return null
  try {
    const { size } = await file.stat()
    const from = at === null ? Math.max(0, size - before) : at > size ? 0 : at
    const bytes = Buffer.alloc(Math.min(before, size - from))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    return { bytes: bytes.subarray(0, bytesRead), from, size }
  } finally {
    await file.close()
  }
}
