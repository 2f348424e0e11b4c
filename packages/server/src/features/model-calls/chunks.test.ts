import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EngineError } from '../../engines/port.ts'
import { finishIn, messageIn, openChunkReader, saidIn, usageIn } from './chunks.ts'
import { costOf, openTally } from './tally.ts'

const read = (...pieces: (string | Buffer)[]) => {
  const reader = openChunkReader()
  return pieces.flatMap((piece) => reader.add(Buffer.from(piece)))
}
const say = (content: string) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] })

test('events are the same however their bytes are cut, and whichever ends of lines they have', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(400), { maxLength: 12 }),
      (texts, end, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `: comment${end}data: ${say(text)}${end}${end}`).join(''))
        const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((one, other) => one - other), bytes.length]
        const events = read(...at.slice(1).map((to, index) => bytes.subarray(at[index], to)))
        expect(events.map(({ chunk }) => chunk && saidIn(chunk))).toEqual(texts)
      },
    ),
  )
})

test('[DONE] is the end; what is no JSON object, or has no end, is garbage', () => {
  expect(read('data: [DONE]\n\n')).toEqual([{ data: '[DONE]', chunk: null }])
  expect(() => read('data: {"choices":[\n\n')).toThrow(EngineError)
  expect(() => read('data: 42\n\n')).toThrow(/no object/)
  const reader = openChunkReader()
  reader.add(Buffer.from('data: "'))
  expect(() => {
    for (let n = 0; n < 40; n += 1) reader.add(Buffer.alloc(100_000, 'x'))
  }).toThrow(/without an end/)
})

test('whatever a chunk holds, reading it does not fail', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const chunk = { choices: value, usage: value, error: value } as object
      expect(typeof saidIn(chunk)).toBe('string')
      finishIn(chunk)
      usageIn(value)
      expect(typeof messageIn(value)).toBe('string')
    }),
  )
})

test('text, reasoning, plain completions and calls of tools all count as said', () => {
  expect(saidIn({ choices: [{ delta: { reasoning_content: 'hm' } }, { delta: { content: 'yes' } }] })).toBe('hmyes')
  expect(saidIn({ choices: [{ delta: { reasoning: 'hm' } }] })).toBe('hm')
  expect(saidIn({ choices: [{ text: 'plain' }] })).toBe('plain')
  expect(saidIn({ choices: [{ delta: { tool_calls: [{ id: 'a' }] } }] })).toContain('"a"')
  expect(saidIn({ choices: [] })).toBe('')
})

const event = (chunk: object) => ({ data: '', chunk })

test('what was reported counts; tokens per second leave the wait for the first out', () => {
  const tally = openTally(400)
  tally.add(event({ choices: [{ delta: { role: 'assistant', content: '' } }] }), 50)
  for (let n = 0; n < 11; n += 1) tally.add(event({ choices: [{ delta: { content: 'word ' } }] }), 500 + n * 100)
  expect(tally.complete).toBe(false)
  tally.add(event({ choices: [{ delta: {}, finish_reason: 'length' }] }), 1600)
  tally.add(event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 21 } }), 1601)
  expect([tally.firstTokenMs, tally.finishReason, tally.complete]).toEqual([500, 'length', true])
  expect(tally.usage()).toEqual({ input: 7, output: 21, estimated: false })
  expect(tally.tokensPerSecond()).toBeCloseTo(20, 6)
})

test('where nobody counted, it is estimated and called so', () => {
  const tally = openTally(400)
  for (let n = 0; n < 3; n += 1) tally.add(event({ choices: [{ delta: { content: 'abcdefgh' } }] }), n)
  expect(tally.usage()).toEqual({ input: 100, output: 6, estimated: true })
  const one = openTally(0)
  one.add(event({ choices: [{ delta: { content: 'x' } }] }), 1)
  expect(one.tokensPerSecond()).toBeNull()
})

test('a million tokens cost what is said of them', () => {
  expect(costOf({ input: 1_000_000, output: 500_000 }, { input: 0.5, output: 1.5, currency: 'EUR' })).toBe(1.25)
  expect(costOf({ input: 1, output: 1 }, null)).toBe(0)
})
