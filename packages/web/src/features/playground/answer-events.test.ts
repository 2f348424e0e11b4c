import type { AnswerFigures } from '@tenantry/contract'
import { describe, expect, test } from 'vitest'
import { figuresSoFar, heed, nothingYet } from './answer-events.ts'
import { bestOf, durationOf } from './figures.ts'
import { set, stopsOf, typedOf, wrongWith } from './parameters.ts'

const figures: AnswerFigures = {
  ...{ usage: { input: 1, output: 2, estimated: false }, firstTokenMs: 5, totalMs: 9, tokensPerSecond: 3 },
  ...{ finishReason: 'stop', cost: null },
}
const chunk = (delta: object, ms = 10) => JSON.stringify({ ms, data: JSON.stringify({ choices: [{ delta }] }) })

describe('an answer as it comes', () => {
  test('text, and reasoning under either of its names', () => {
    const incoming = nothingYet()
    heed(incoming, 'begin', JSON.stringify({ ms: 1, status: 200, request: { path: '/v1/chat/completions', body: {} } }))
    heed(incoming, 'chunk', chunk({ role: 'assistant', content: '' }, 5))
    heed(incoming, 'chunk', chunk({ reasoning_content: 'hm' }, 7))
    heed(incoming, 'chunk', chunk({ reasoning: ', well' }, 8))
    heed(incoming, 'chunk', chunk({ content: 'Yes' }, 9))
    heed(incoming, 'chunk', JSON.stringify({ ms: 11, data: '[DONE]' }))
    heed(incoming, 'end', JSON.stringify({ figures }))
    const { text, reasoning, firstTokenMs, raw, ended } = incoming
    expect({ text, reasoning, firstTokenMs }).toEqual({ text: 'Yes', reasoning: 'hm, well', firstTokenMs: 7 })
    expect([raw.status, raw.chunks.length]).toEqual([200, 5])
    expect(ended).toEqual({ figures, error: null })
  })
  test('what is no event of ours, or no JSON, changes nothing but the raw view', () => {
    const incoming = nothingYet()
    for (const data of ['', '{', 'null', '1', '[]']) heed(incoming, 'chunk', data)
    heed(incoming, 'other', '{}')
    for (const data of ['{', 'null', '{"choices":null}', '{"choices":[{"delta":{"content":{}}}]}'])
      heed(incoming, 'chunk', JSON.stringify({ ms: 1, data }))
    expect([incoming.text, incoming.firstTokenMs, incoming.ended]).toEqual(['', null, null])
  })
  test('what failed says why; what was stopped has the figures that are known', () => {
    const incoming = nothingYet()
    heed(incoming, 'chunk', chunk({ content: 'Hal' }, 40))
    expect(figuresSoFar(incoming, 30, 'stopped')).toEqual({
      ...{ usage: null, firstTokenMs: 40, totalMs: 40, tokensPerSecond: null, finishReason: 'stopped', cost: null },
    })
    heed(incoming, 'failed', JSON.stringify({ message: 'Out of memory', status: 500, figures }))
    expect(incoming.ended?.error).toBe('Out of memory')
  })
})

describe('figures', () => {
  test('times in words', () => {
    expect([durationOf(7.4), durationOf(1_500), durationOf(125_000)]).toEqual(['7 ms', '1.50 s', '2 min 5 s'])
  })
  test('the fastest and the first, where there is something to compare', () => {
    const with_ = (tokensPerSecond: number | null, firstTokenMs: number | null) => ({
      ...figures,
      tokensPerSecond,
      firstTokenMs,
    })
    expect(bestOf([with_(3, 9), null, with_(8, 2)])).toEqual({ fastest: 2, soonest: 2 })
    expect(bestOf([with_(3, 9)])).toEqual({ fastest: null, soonest: null })
    expect(bestOf([with_(3, 9), with_(3, null)])).toEqual({ fastest: null, soonest: null })
  })
})

describe('parameters', () => {
  test('stop texts are typed with signs for what cannot be', () => {
    const stops = ['\n\n', 'a\\nb', '\t', ' # ']
    expect(stopsOf(typedOf(stops))).toEqual(stops)
    expect(typedOf(['\n\n'])).toBe('\\n\\n')
  })
  test('what is empty is left to the model', () => {
    expect(set({ temperature: 1, stop: ['x'] }, 'stop', [])).toEqual({ temperature: 1 })
    expect(set({}, 'temperature', 0)).toEqual({ temperature: 0 })
  })
  test('more than the context holds, and too many stops, are not sent', () => {
    expect(wrongWith({ max_tokens: 8193 }, 8192)).toEqual({ max_tokens: 'beyondContext' })
    expect(wrongWith({ max_tokens: 8193 }, null)).toEqual({})
    expect(wrongWith({ stop: ['a', 'b', 'c', 'd', 'e'] }, null)).toEqual({ stop: 'tooMany' })
  })
})
