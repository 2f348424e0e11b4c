import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { follow } from './log.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-log-'))
  path = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What is read, each piece followed by the next thing to write, until there is none. */
async function readWhile(...writes: (() => void)[]): Promise<string[]> {
  const pieces: string[] = []
  const enough = new AbortController()
  for await (const piece of follow(path, 'hush', AbortSignal.any([enough.signal, AbortSignal.timeout(10_000)]))) {
    pieces.push(piece)
    const write = writes.shift()
    if (write) write()
    else enough.abort()
  }
  return pieces
}

test('a log is followed line by line, and without the secret wherever it is cut', async () => {
  writeFileSync(path, 'one\nhu')
  const pieces = await readWhile(() => appendFileSync(path, 'sh, two\n'))
  expect(pieces).toEqual(['one\n', '…, two\n'])
})

test('a long log is read from its last lines on', async () => {
  writeFileSync(path, Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(''))
  const [piece = ''] = await readWhile()
  expect(piece.length).toBeLessThanOrEqual(64 * 1024)
  expect(piece).toMatch(/^line \d+\n/)
  expect(piece).toMatch(/line 19999\n$/)
})

test('one that is cut off begins anew', async () => {
  writeFileSync(path, 'a long line of before\n')
  const pieces = await readWhile(() => {
    truncateSync(path)
    appendFileSync(path, 'after\n')
  })
  expect(pieces).toEqual(['a long line of before\n', 'after\n'])
})

test('one that is not there yet is waited for', async () => {
  const reading = readWhile()
  writeFileSync(path, 'at last\n')
  expect(await reading).toEqual(['at last\n'])
})
