import { expect, test, vi } from 'vitest'
import { insist } from './insist.ts'

const never = new AbortController().signal
const hang = (signal: AbortSignal) =>
  new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))

test('the first answer counts, and nobody is asked twice for it', async () => {
  const ask = vi.fn(async () => 'answer')
  expect(await insist(ask, { again: 50, patience: 1000 }, never)).toBe('answer')
  expect(ask).toHaveBeenCalledTimes(1)
})

test('an engine that forgot the first request answers the second', async () => {
  const ask = vi
    .fn(hang)
    .mockImplementationOnce(hang)
    .mockImplementationOnce(async () => 'second')
  expect(await insist(ask, { again: 10, patience: 10_000 }, never)).toBe('second')
})

test('a slow answer to the first request is still taken, and the others are let go', async () => {
  const signals: AbortSignal[] = []
  let answer = (_: string) => {}
  const ask = (signal: AbortSignal) => {
    signals.push(signal)
    if (signals.length > 1) {
      answer('slow')
      return hang(signal)
    }
    return new Promise<string>((resolve) => {
      answer = resolve
    })
  }
  expect(await insist(ask, { again: 10, patience: 10_000 }, never)).toBe('slow')
  expect(signals[1]?.aborted).toBe(true)
})

test('where the first fails, that is the answer', async () => {
  await expect(insist(() => Promise.reject(new Error('no')), { again: 10, patience: 100 }, never)).rejects.toThrow('no')
  await expect(insist(hang, { again: 10, patience: 40 }, never)).rejects.toThrow('aborted')
})
