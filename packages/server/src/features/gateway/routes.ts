import type { ModelUse } from '@tenantry/contract'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { problemOfDatabase } from '../../platform/http/database-problems.ts'
import type { LiveKey } from '../model-keys/index.ts'
import { answer, type Gateway, opens } from './answer.ts'
import { GatewayError, gatewayErrorOf, noSuchModel, spell, unexpected } from './errors.ts'

type Known = { key: LiveKey; secret: string }

/** Bytes of one request: pictures come in it as base64. */
const bodyLimit = 16 * 1024 * 1024
/** Requests without a key that works, per minute and address. */
const mostRefused = 120

/**
 * The interface of OpenAI below `/v1`, for programs with a model key. It is no part of the API of the pages: whoever comes has a
 * key and no session, and is answered in OpenAI's shape.
 */
export async function addGateway(app: FastifyInstance, gateway: Gateway, keyRateLimit: number): Promise<void> {
  const refused = new RateLimiterMemory({ points: mostRefused, duration: 60 })
  const ofKeys = keyRateLimit > 0 ? new RateLimiterMemory({ points: keyRateLimit, duration: 60 }) : null

  const recognise = async (request: FastifyRequest): Promise<Known> => {
    const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const key = secret === undefined ? null : await gateway.ring.find(secret)
    if (secret === undefined || key === null) {
      await count(refused, request.ip, 'Too many requests without a key that works.')
      throw new GatewayError(401, {
        message:
          secret === undefined
            ? 'Give a model key: Authorization: Bearer tk_…'
            : 'This key is not known, was revoked, or has expired; or its owner may not sign in.',
        code: 'invalid_api_key',
      })
    }
    if (!key.permissions.has('model.use'))
      throw new GatewayError(403, {
        message: 'The owner of this key may not use models.',
        type: 'permission_error',
        code: 'missing_permission',
      })
    if (key.onHold)
      throw new GatewayError(403, {
        message: 'This key is on hold: its owner has to sign in and choose a new password first.',
        type: 'permission_error',
        code: 'key_on_hold',
      })
    if (ofKeys) await count(ofKeys, key.id, `Too many requests with this key: ${keyRateLimit} a minute.`)
    return { key, secret }
  }

  await app.register(
    async (v1) => {
      v1.setErrorHandler((error: FastifyError, request, reply) => {
        if (reply.raw.headersSent) return reply.raw.destroy()
        const told = gatewayErrorOf(error) ?? gatewayErrorOf(problemOfDatabase(error)) ?? ofFastify(error)
        if (!told) request.log.error({ err: error }, 'unexpected error at the gateway')
        return refuse(reply, told ?? new GatewayError(500, unexpected))
      })
      v1.setNotFoundHandler((request, reply) =>
        refuse(
          reply,
          new GatewayError(404, {
            message: `There is no ${request.method} ${request.url.split('?')[0]} here.`,
            code: 'unknown_url',
          }),
        ),
      )
      // Before a byte of the body is read: strangers do not get to have theirs parsed.
      const known = new WeakMap<FastifyRequest, Known>()
      v1.addHook('onRequest', async (request) => void known.set(request, await recognise(request)))
      const whoAsks = (request: FastifyRequest) => known.get(request) as Known
      const post = (path: string, use: ModelUse) =>
        v1.post(path, { bodyLimit }, async (request, reply) =>
          answer(gateway, { ...whoAsks(request), use }, request, reply),
        )
      post('/chat/completions', 'chat')
      post('/completions', 'completions')
      post('/embeddings', 'embeddings')

      const mine = async (request: FastifyRequest) => {
        const { key } = whoAsks(request)
        return (await gateway.shelf.of(key.tenantId)).filter((model) => opens(key, model))
      }
      v1.get('/models', async (request, reply) => {
        const data = (await mine(request)).map(present)
        return reply.header('cache-control', 'no-store').send({ object: 'list', data })
      })
      v1.get('/models/*', async (request, reply) => {
        const { '*': name } = request.params as { '*': string }
        const found = (await mine(request)).find((model) => model.name === name)
        if (!found) throw noSuchModel(name)
        return reply.header('cache-control', 'no-store').send(present(found))
      })
    },
    { prefix: '/v1' },
  )
}

/** Throws `GatewayError` 429 with the time to wait, where there were too many. */
async function count(limiter: RateLimiterMemory, whose: string, tooMany: string): Promise<void> {
  const over = await limiter.consume(whose).then(
    () => null,
    (state: RateLimiterRes) => Math.max(1, Math.ceil(state.msBeforeNext / 1000)),
  )
  if (over === null) return
  const error = { message: `${tooMany} Go on in ${spell(over)}.`, type: 'requests', code: 'rate_limit_exceeded' }
  throw new GatewayError(429, error, { 'retry-after': String(over) })
}

const present = ({
  name,
  publishedAt,
  contextLength,
}: {
  name: string
  publishedAt: Date
  contextLength: number | null
}) => ({
  id: name,
  object: 'model',
  created: Math.floor(publishedAt.getTime() / 1000),
  owned_by: 'tenantry',
  ...(contextLength !== null && { max_model_len: contextLength }),
})

function refuse(reply: FastifyReply, { status, error, headers }: GatewayError): FastifyReply {
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type('application/json')
    .send({ error })
}

function ofFastify(error: FastifyError): GatewayError | null {
  const { code, statusCode, message } = error
  // Nested beyond what can be read or written.
  if (error instanceof RangeError)
    return new GatewayError(400, { message: 'The body is nested too deeply.', code: 'invalid_value' })
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new GatewayError(413, { message: `A request may have ${bodyLimit / 1024 / 1024} MB.`, code: 'too_large' })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new GatewayError(statusCode, { message })
  return null
}
