import type { ModelUse } from '@tenantry/contract'
import { invalid } from './errors.ts'

/** What is asked of the gateway: everything but what it looks at is passed on as it came. */
export type GatewayRequest = {
  model: string
  stream: boolean
  /** The client wants to be told what was used at the end of a stream. */
  wantsUsage: boolean
  /** How many characters there are to read, for an estimate. */
  characters: number
  body: Record<string, unknown>
}

const needs: Record<ModelUse, string> = { chat: 'messages', completions: 'prompt', embeddings: 'input' }

/** Throws `GatewayError` 400 where it cannot be understood. */
export function readRequest(body: unknown, use: ModelUse): GatewayRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('The body must be a JSON object.')
  const given = body as Record<string, unknown>
  const { model, stream = false, stream_options: options } = given
  if (typeof model !== 'string' || model === '') throw invalid('Say which model you mean.', 'model')
  const content = given[needs[use]]
  if (content === undefined || content === null) throw invalid(`“${needs[use]}” is required.`, needs[use])
  if (use === 'chat' && !(Array.isArray(content) && content.length > 0))
    throw invalid('“messages” must be a list with a message.', 'messages')
  if (typeof stream !== 'boolean' && stream !== null) throw invalid('“stream” must be true or false.', 'stream')
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw invalid('“stream_options” must be an object.', 'stream_options')
  return {
    model,
    stream: stream === true && use !== 'embeddings',
    wantsUsage: (options as { include_usage?: unknown } | null | undefined)?.include_usage === true,
    characters: charactersIn(content),
    body: given,
  }
}

/** The same as it is sent to the endpoint: under its name for the model, and with the usage at the end of a stream. */
export function bodyFor({ body, stream }: GatewayRequest, upstream: string): Record<string, unknown> {
  const { model: _, stream_options: options, ...rest } = body
  if (!stream) return { ...rest, model: upstream }
  return { ...rest, model: upstream, stream_options: { ...(options as object | null), include_usage: true } }
}

/** Content has parts, and those a text: what is deeper is nothing to read. */
const deepest = 6

function charactersIn(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length
  if (depth > deepest) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + charactersIn(one, depth + 1), 0)
  if (typeof value !== 'object' || value === null) return 0
  const { content, text } = value as { content?: unknown; text?: unknown }
  return charactersIn(content, depth + 1) + charactersIn(text, depth + 1)
}
