import { expect, test } from 'vitest'
import { keepEnd } from './text-stream.ts'

test('a text that is too long loses its beginning, whole lines of it', () => {
  expect(keepEnd('one\ntwo\nthree', 0, 3)).toEqual({ text: 'one\ntwo\nthree', left: 0 })
  expect(keepEnd('one\ntwo\nthree\nfour', 2, 2)).toEqual({ text: 'three\nfour', left: 4 })
  expect(keepEnd('one\ntwo\n', 0, 1)).toEqual({ text: '', left: 2 })
})
