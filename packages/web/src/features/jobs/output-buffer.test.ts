import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OutputBuffer } from './output-buffer.ts'
import { plainText } from './terminal-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text).length

test('colours, titles and progress bars end as text', () => {
  expect(plainText('\u001b[1;31mError\u001b[0m: no\n')).toBe('Error: no\n')
  expect(plainText('\u001b]0;a title\u0007$ ls\u001b(B\n')).toBe('$ ls\n')
  expect(plainText(' 10%|#   |\r 50%|##  |\r100%|####|\n')).toBe('100%|####|\n')
  expect(plainText('dos\r\nlines\r\n')).toBe('dos\nlines\n')
  expect(plainText('<img src=x onerror=alert(1)>\u0008\u0000')).toBe('<img src=x onerror=alert(1)>')
})

test('however it is cut, what is shown is the same', () => {
  const line = fc.constantFrom('plain', '\u001b[32mgreen\u001b[0m', '1%\r2%\r3%', 'ünïcödé 🙂', '')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(fc.nat(40), { maxLength: 40 }), (lines, cuts) => {
      const whole = lines.map((one) => `${one}\n`).join('')
      const buffer = new OutputBuffer()
      const letters = [...whole]
      let at = 0
      let from = 0
      for (const cut of [...cuts, letters.length]) {
        const text = letters.slice(at, at + cut).join('')
        buffer.add({ from, size: bytes(whole), text })
        at += cut
        from += bytes(text)
      }
      expect(buffer.text()).toBe(plainText(whole))
      expect(buffer.next).toBe(bytes(whole))
    }),
  )
})

test('of more than is kept the earliest goes, and where it begins is known', () => {
  const buffer = new OutputBuffer(100_000)
  const line = `${'x'.repeat(99)}\n`
  for (let n = 0; n < 5_000; n += 10) buffer.add({ from: n * 100, size: 500_000, text: line.repeat(10) })
  expect(buffer.length).toBeLessThanOrEqual(100_000)
  expect(buffer.length).toBeGreaterThan(60_000)
  expect(buffer.start).toBe(500_000 - buffer.length)
  expect(buffer.full).toBe(true)
  buffer.makeRoom()
  expect(buffer.full).toBe(false)
})

test('what comes twice after a break is shown once; what is left out is not glued together', () => {
  const buffer = new OutputBuffer()
  buffer.add({ from: 0, size: 10, text: 'one\ntwo\n' })
  buffer.add({ from: 4, size: 14, text: 'two\nthree\n' })
  expect(buffer.text()).toBe('one\ntwo\nthree\n')
  buffer.add({ from: 100, size: 104, text: 'far\n' })
  expect([buffer.text(), buffer.start]).toEqual(['far\n', 100])
  // The file was written anew: a job that was started again.
  buffer.add({ from: 0, size: 4, text: 'new\n' })
  expect([buffer.text(), buffer.start]).toEqual(['new\n', 0])
})

test('a line that does not end is drawn all the same', () => {
  const buffer = new OutputBuffer()
  for (let n = 0; n < 20; n++) buffer.add({ from: n * 10_000, size: 200_000, text: 'y'.repeat(10_000) })
  expect(buffer.text()).toBe('y'.repeat(200_000))
  expect(buffer.open.length).toBeLessThanOrEqual(64_000)
})
