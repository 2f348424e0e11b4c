import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openPieces } from './pieces.ts'

const texts = fc.string({ unit: 'grapheme', maxLength: 200 })

test('however a text comes in pieces, it goes on whole, and each piece says where it begins', () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(40), { maxLength: 60 }), (text, cuts) => {
      const whole = Buffer.from(text)
      const pieces = openPieces()
      const out = []
      let at = 0
      for (const length of [...cuts, whole.length]) {
        const bytes = whole.subarray(at, at + length)
        out.push(...pieces.add({ from: at, bytes, size: whole.length }))
        at += bytes.length
        expect(pieces.next()).toBe(at)
      }
      out.push(...pieces.end())
      expect(out.map((piece) => piece.text).join('')).toBe(text)
      for (const piece of out) {
        const { from, text: part } = piece
        expect(whole.subarray(from, from + Buffer.byteLength(part)).toString()).toBe(part)
      }
    }),
  )
})

test('a reading that begins in the middle of a character begins with the next', () => {
  const whole = Buffer.from('a€b')
  for (const [from, text] of [
    [1, '€b'],
    [2, 'b'],
    [3, 'b'],
    [4, 'b'],
  ] as const) {
    const [piece] = openPieces().add({ from, bytes: whole.subarray(from), size: whole.length })
    expect([from, piece?.text]).toEqual([from, text])
  }
})

test('a piece is 64 KiB at most, and what is no UTF-8 is shown as such', () => {
  const bytes = Buffer.concat([Buffer.from('x'), Buffer.from('€'.repeat(50_000)), Buffer.from([0xff, 0x41])])
  const pieces = openPieces()
  const out = [...pieces.add({ from: 0, bytes, size: bytes.length }), ...pieces.end()]
  for (const { text } of out) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024 + 2)
  expect(out.map(({ text }) => text).join('')).toBe(`x${'€'.repeat(50_000)}\ufffdA`)
  const torn = openPieces()
  expect([...torn.add({ from: 0, bytes: Buffer.from([0x41, 0xe2, 0x82]), size: 3 })].map(({ text }) => text)).toEqual([
    'A',
  ])
  expect([...torn.end()]).toEqual([{ from: 1, text: '\ufffd', size: 3 }])
})

test('a file that begins anew is not glued to what was there', () => {
  const pieces = openPieces()
  expect([...pieces.add({ from: 0, bytes: Buffer.from([0x41, 0xe2]), size: 2 })].map(({ text }) => text)).toEqual(['A'])
  expect([...pieces.add({ from: 0, bytes: Buffer.from('new'), size: 3 })]).toEqual([{ from: 0, text: 'new', size: 3 }])
})
