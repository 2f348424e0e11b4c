import { closeSync, constants, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

// Two files of this size at most: what a program says at the level of warnings fills them in years.
const mostBytes = 16 * 1024 * 1024

/** Opens the log for a child to append to. Not through a pipe: it would lose its log with us. */
export function openLogFile(path: string): { fd: number; close(): void } {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
  const fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600)
  return { fd, close: () => closeSync(fd) }
}

/** Moves a log that has grown too large to `.1`, in place: the child keeps its file open. */
export function boundLogFile(path: string): void {
  try {
    if (statSync(path).size <= mostBytes) return
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
  } catch {
    // A full disk, or a log removed by hand; tried again later.
  }
}

/** Where the log ends now; with it `logSince` answers what was written after. */
export function endOfLog(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

/** The last lines written after `start`, for an error message. */
export function logSince(path: string, start: number): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const { size } = statSync(path)
      const buffer = Buffer.alloc(Math.min(4096, Math.max(0, size - start)))
      readSync(fd, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8').trim().split('\n').slice(-6).join('\n')
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
