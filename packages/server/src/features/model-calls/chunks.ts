import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'
import { EngineError } from '../../engines/port.ts'

type Json = Record<string, unknown>
/** One event of a stream, as far as it matters here: the shape of OpenAI's `chat.completion.chunk` and `text_completion`. */
export type Chunk = {
  choices?: { delta?: Json | null; message?: Json | null; text?: unknown; finish_reason?: unknown }[]
  usage?: unknown
  error?: unknown
}
/** `chunk` is null for `[DONE]`. */
export type StreamEvent = { data: string; chunk: Chunk | null }

/** Characters that one event may have. */
const longest = 2 * 1024 * 1024

/**
 * Reads server-sent events (WHATWG HTML 9.2) out of pieces of bytes. `add` answers the events that a piece completes, one by one.
 * Errors: `EngineError` `garbage` for what is no JSON object, or an event without an end; what came before it has been answered.
 */
export function openChunkReader(): { add(piece: Buffer): Iterable<StreamEvent> } {
  const decoder = new StringDecoder('utf8')
  let complete: string[] = []
  let tooLong = false
  const parser = createParser({
    maxBufferSize: longest,
    onEvent: ({ data }) => complete.push(data),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') tooLong = true
    },
  })
  return {
    *add(piece) {
      parser.feed(decoder.write(piece))
      const events = complete
      complete = []
      for (const data of events) yield { data, chunk: data === '[DONE]' ? null : read(data) }
      if (tooLong) throw new EngineError('garbage', 'It sent an event without an end.')
    },
  }
}

function read(data: string): Chunk {
  let chunk: unknown
  try {
    chunk = JSON.parse(data)
  } catch {
    throw new EngineError('garbage', 'It sent an event that is not JSON.')
  }
  if (typeof chunk !== 'object' || chunk === null)
    throw new EngineError('garbage', 'It sent an event that is no object.')
  return chunk as Chunk
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The text of a chunk, and the reasoning before it, in the fields that DeepSeek and vLLM give that. */
export function saidIn({ choices }: Chunk): string {
  if (!Array.isArray(choices)) return ''
  let said = ''
  for (const choice of choices) {
    const delta = choice?.delta ?? choice?.message
    said += text(delta?.content) + text(delta?.reasoning_content ?? delta?.reasoning) + text(choice?.text)
    if (Array.isArray(delta?.tool_calls)) said += JSON.stringify(delta.tool_calls)
  }
  return said
}

export function finishIn({ choices }: Chunk): string | null {
  if (!Array.isArray(choices)) return null
  for (const choice of choices) if (typeof choice?.finish_reason === 'string') return choice.finish_reason.slice(0, 60)
  return null
}

/** More than any model reads or writes at once: what is beyond is not believed. */
const mostTokens = 1e8

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.min(Math.round(value), mostTokens) : null

/** Tokens as an endpoint reports them; null where it does not. */
export function usageIn(usage: unknown): { input: number; output: number } | null {
  if (typeof usage !== 'object' || usage === null) return null
  const { prompt_tokens, completion_tokens, total_tokens } = usage as Json
  const input = count(prompt_tokens)
  if (input === null) return null
  return { input, output: count(completion_tokens) ?? Math.max(0, (count(total_tokens) ?? input) - input) }
}

/** What an endpoint says went wrong, in one line. */
export function messageIn(error: unknown): string {
  const said = typeof error === 'object' && error !== null ? ((error as Json).message ?? (error as Json).detail) : error
  const line = (typeof said === 'string' ? said : JSON.stringify(said ?? null))
    .slice(0, 4000)
    .replace(/\s+/g, ' ')
    .trim()
  return line === '' || line === 'null' ? 'It did not say why.' : line.slice(0, 1000)
}

/** About how many tokens a text has, where nobody counted: four characters each, as is usual for English. */
export const estimateTokens = (characters: number): number => Math.ceil(characters / 4)
