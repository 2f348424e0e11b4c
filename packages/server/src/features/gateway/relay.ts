import type { ServerResponse } from 'node:http'
import type { Left, StreamEvent } from '../model-calls/index.ts'
import { spell } from './errors.ts'

/** What is left of limits, in the headers that OpenAI gives that in. */
export function limitHeaders(left: { requests: Left | null; tokens: Left | null }): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const of of ['requests', 'tokens'] as const) {
    const one = left[of]
    if (!one) continue
    headers[`x-ratelimit-limit-${of}`] = String(one.limit)
    headers[`x-ratelimit-remaining-${of}`] = String(one.remaining)
    headers[`x-ratelimit-reset-${of}`] = spell(one.reset)
  }
  return headers
}

const beatEvery = 15_000

/** Writes events to a client as they come, no faster than it reads. */
export type EventWriter = {
  write(data: string): void
  /** A promise while the client does not read. */
  ready(): Promise<void> | undefined
  end(): void
}

export function openEventWriter(response: ServerResponse, headers: Record<string, string>): EventWriter {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies that buffer would keep a stream to its end.
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  let full = false
  // Whoever thinks long is not taken for gone by what lies between.
  const beat = setInterval(() => full || response.write(': waiting\n\n'), beatEvery)
  beat.unref()
  return {
    write(data) {
      beat.refresh()
      full = !response.write(`data: ${data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data}\n\n`)
    },
    ready() {
      if (!full || response.destroyed) return undefined
      return new Promise((done) => {
        const go = () => {
          full = false
          response.off('drain', go)
          response.off('close', go)
          done()
        }
        response.once('drain', go)
        response.once('close', go)
      })
    },
    end() {
      clearInterval(beat)
      response.end()
    },
  }
}

/** The chunk with nothing but the usage in it is there because we asked for it: a client that did not, does not expect it. */
export const isOursAlone = ({ chunk }: StreamEvent): boolean =>
  chunk !== null &&
  typeof chunk.usage === 'object' &&
  chunk.usage !== null &&
  Array.isArray(chunk.choices) &&
  chunk.choices.length === 0
