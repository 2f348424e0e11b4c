import { expect, test } from 'vitest'
import { readArray } from './array-text.ts'

test('how many tasks an array has, and how many run at once', () => {
  expect(readArray('0-99%10')).toEqual({ count: 100, atOnce: 10, first: 0, last: 99 })
  expect(readArray('7')).toEqual({ count: 1, atOnce: null, first: 7, last: 7 })
  expect(readArray('1-9:2')).toEqual({ count: 5, atOnce: null, first: 1, last: 9 })
  // A number that is named twice is one task.
  expect(readArray('1-3,2-5,9')).toMatchObject({ count: 6 })
})

test('what is not understood of it', () => {
  for (const text of ['', 'a', '1-', '1,,2', '1-3%', '1-3%0', '1 - 3'])
    expect([text, readArray(text)]).toEqual([text, { wrong: 'syntax' }])
  expect(readArray('9-1')).toEqual({ wrong: 'backwards' })
  expect(readArray('1-9:0')).toEqual({ wrong: 'step' })
})
