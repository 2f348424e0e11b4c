import { expect, test } from 'vitest'
import { refusalOf } from './http.ts'
import { readGres, readModel } from './slurm/gres.ts'
import { expandHosts } from './slurm/hostlist.ts'
import { isKernel } from './this-machine/workspaces/use.ts'
import { wordsIn } from './words.ts'

/** Long enough that looking through it once for each of its characters takes the better part of a minute. */
const long = 100_000
/** Within what even a busy machine looks through it once. */
const soon = 5_000

test('the first words of a page are its words', () => {
  expect(wordsIn('<html>\n<h1 class="a">Bad  gateway</h1>\n<hr>nginx</html>')).toBe('Bad gateway nginx')
  expect(wordsIn('a < b')).toBe('a < b')
  expect(wordsIn('word '.repeat(200))).toHaveLength(300)
})

test.each([
  ['<', (text: string) => wordsIn(text)],
  ['<', (text: string) => refusalOf(500, text)],
  ['<', (text: string) => refusalOf(500, JSON.stringify({ error: { message: text } }))],
  ['[', (text: string) => expandHosts(text)],
  ['(', (text: string) => readGres(text)],
  ['1', (text: string) => readModel(text)],
  ['=kernel-', (text: string) => isKernel({ pid: 2, parent: 1, begun: '', ticks: 0, words: [text] }, 1)],
] as const)('however long it is, a text of %j holds nobody up', (piece, read) => {
  const text = piece.repeat(long / piece.length)
  const begun = performance.now()
  read(text)
  expect(performance.now() - begun).toBeLessThan(soon)
})
