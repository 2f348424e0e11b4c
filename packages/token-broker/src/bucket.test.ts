import { expect, test } from 'vitest'
import { openBucket } from './bucket.ts'

test('a minute’s worth goes through at once, then as many as time has passed for', () => {
  let now = 0
  const bucket = openBucket(60, () => now)
  const taken = () => {
    let count = 0
    while (bucket.take()) count += 1
    return count
  }
  expect(taken()).toBe(60)
  now += 2_500
  expect(taken()).toBe(2)
  now += 500
  expect(taken()).toBe(1)
  now += 3_600_000
  expect(taken()).toBe(60)
})
