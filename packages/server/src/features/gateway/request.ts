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
  for (const [field, value] of Object.entries(given))
    if (!isExact(value))
      throw invalid(
        `“${field.slice(0, 100)}” has a number beyond ±${Number.MAX_SAFE_INTEGER}, which cannot be passed on exactly.`,
        field.slice(0, 100),
      )
  const { model, stream = false, stream_options: options } = given
  if (typeof model !== 'string' || model === '') throw invalid('Say which model you mean.', 'model')
  const { [needs[use]]: content, ...beside } = given
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
    characters: charactersIn(content) + charactersBeside(beside),
    body: given,
  }
}

/** The same as it is sent to the endpoint: under its name for the model, and with the usage at the end of a stream. */
export function bodyFor({ body, stream }: GatewayRequest, upstream: string): Record<string, unknown> {
  const { model: _, stream_options: options, ...rest } = body
  if (!stream) return { ...rest, model: upstream }
  return { ...rest, model: upstream, stream_options: { ...(options as object | null), include_usage: true } }
}

/** Whether every number arrives as it was written: whole ones do up to 2^53, and none that is infinite. */
function isExact(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  return (Array.isArray(value) ? value : Object.values(value)).every(isExact)
}

/** Content has parts, and those a text: what is deeper is nothing to read. */
const deepest = 6
/** A token that is given by its number is one, and a token is about four characters. */
const charactersOfToken = 4
/** Of messages and their parts: no words, or pictures and sounds, whose bytes say nothing of their tokens. */
const noWords = new Set(['role', 'type', 'image_url', 'video_url', 'audio_url', 'input_audio', 'audio', 'file'])

function charactersIn(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'number') return charactersOfToken
  if (depth > deepest) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + charactersIn(one, depth + 1), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [name, one]) => (noWords.has(name) ? sum : sum + charactersIn(one, depth + 1)),
    0,
  )
}

/** Fields that no model is given to read. */
const settings = new Set(['model', 'stream_options', 'user', 'metadata', 'stop', 'logit_bias'])

/** Tools, schemas, documents, templates: whatever is larger than a setting is given to the model as JSON, or as it is. */
function charactersBeside(fields: Record<string, unknown>): number {
  let sum = 0
  for (const [name, value] of Object.entries(fields)) {
    if (settings.has(name) || value === null) continue
    if (typeof value === 'string') sum += value.length
    else if (typeof value === 'object') sum += JSON.stringify(value).length
  }
  return sum
}
