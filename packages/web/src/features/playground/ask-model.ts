import type { ChatParameters } from '@tenantry/contract'
import { createParser } from 'eventsource-parser'
import { ApiProblem, addressOf, problemOf } from '../../app/api.ts'
import type { Message } from './chat-tree.ts'

type Body = { messages: Message[]; parameters: Omit<ChatParameters, 'system'> }

/**
 * Has a model answer; `heed` is told every event as it comes. Resolves when no more comes, whether or not the server
 * has said how it ended. Throws ApiProblem where it is refused, and AbortError where it is stopped.
 */
export async function askModel(
  id: string,
  body: Body,
  signal: AbortSignal,
  heed: (event: string, data: string) => void,
): Promise<void> {
  const response = await fetch(addressOf('answerInPlayground', undefined, { id }), {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error
    throw new ApiProblem(
      { type: '/problems/unreachable', code: 'unreachable', title: 'The server does not answer', status: 0 },
      null,
    )
  })
  if (!response.ok || !response.body)
    throw new ApiProblem(await problemOf(response), response.headers.get('x-request-id'))
  const parser = createParser({ onEvent: ({ event, data }) => heed(event ?? 'message', data) })
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error
    // The connection broke: what has come is known, and that nothing more will.
  }
}
