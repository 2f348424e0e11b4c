import type { AnswerEvents, AnswerFigures } from '@tenantry/contract'

/** What came, as it came. It is kept for as long as the page is. */
export type Raw = {
  request: AnswerEvents['begin']['request'] | null
  status: number | null
  chunks: AnswerEvents['chunk'][]
}
/** An answer on its way; `ended` once the server has said how. Times in milliseconds, at the server. */
export type Incoming = {
  text: string
  reasoning: string
  firstTokenMs: number | null
  raw: Raw
  ended: { figures: AnswerFigures; error: string | null } | null
}

export const nothingYet = (): Incoming => ({
  text: '',
  reasoning: '',
  firstTokenMs: null,
  raw: { request: null, status: null, chunks: [] },
  ended: null,
})

type Delta = { content?: unknown; refusal?: unknown; reasoning_content?: unknown; reasoning?: unknown }
const said = (value: unknown): string => (typeof value === 'string' ? value : '')

function deltaOf(data: string): Delta {
  try {
    return JSON.parse(data)?.choices?.[0]?.delta ?? {}
  } catch {
    // `[DONE]`, or what no client of such endpoints understands: it is in the raw view.
    return {}
  }
}

/** Adds an event of the server’s to what has come. What is not known is left alone. */
export function heed(incoming: Incoming, event: string, data: string): void {
  const given = parsed(data)
  if (!given) return
  if (event === 'begin') {
    const { status, request } = given as AnswerEvents['begin']
    incoming.raw.status = status
    incoming.raw.request = request
  } else if (event === 'chunk') {
    const chunk = given as AnswerEvents['chunk']
    incoming.raw.chunks.push({ ms: chunk.ms, data: chunk.data })
    const delta = deltaOf(chunk.data)
    const text = said(delta.content) + said(delta.refusal)
    const reasoning = said(delta.reasoning_content) || said(delta.reasoning)
    if (text || reasoning) incoming.firstTokenMs ??= chunk.ms
    incoming.text += text
    incoming.reasoning += reasoning
  } else if (event === 'end') {
    incoming.ended = { figures: (given as AnswerEvents['end']).figures, error: null }
  } else if (event === 'failed') {
    const { message, status, figures } = given as AnswerEvents['failed']
    incoming.raw.status ??= status
    incoming.ended = { figures, error: message.slice(0, 2000) }
  }
}

function parsed(data: string): object | null {
  try {
    const value: unknown = JSON.parse(data)
    return value !== null && typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

/** What is known of an answer that the server has not ended: it was stopped here, or the connection broke. */
export const figuresSoFar = (incoming: Incoming, totalMs: number, finishReason: string): AnswerFigures => ({
  usage: null,
  firstTokenMs: incoming.firstTokenMs,
  totalMs: Math.max(totalMs, incoming.raw.chunks.at(-1)?.ms ?? 0),
  tokensPerSecond: null,
  finishReason,
  cost: null,
})
