import { Readable } from 'node:stream'
import {
  type AnswerOf,
  type BodyOf,
  isStreamed,
  type ParamsOf,
  permissionsNeeded,
  type QueryOf,
  type Route,
  type RouteSpec,
  type StreamedType,
} from '@tenantry/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { authorizeAny } from '../access/authorize.ts'
import type { LiveSession } from '../access/sessions.ts'
import type { Database } from '../database/database.ts'
import { type Keyed, openIdempotency } from './idempotency.ts'
import { bodyParser, parseParams, queryParser } from './parse.ts'
import { problem } from './problem.ts'
import { serializerFor } from './serialize.ts'
import { atHome, refuseCrossSite, type Visitors } from './visitors.ts'

export type Asked<Spec extends RouteSpec> = {
  /** Whoever asks. On routes for anyone, a stranger in no tenant. */
  actor: Actor
  /** Null on routes for anyone. */
  session: LiveSession | null
  params: ParamsOf<Spec>
  query: QueryOf<Spec>
  body: BodyOf<Spec>
  /** The version that If-Match names; null for `*`, and on routes without it. */
  ifMatch: number | null
  request: FastifyRequest
  reply: FastifyReply
}

export type On = <Spec extends RouteSpec>(
  route: Route<Spec>,
  answer: (asked: Asked<Spec>) => Promise<AnswerOf<Spec>>,
) => void

/** The only way to add a route. Everything a route promises in the contract is held here, in this order. */
export function openRegistrar(
  app: FastifyInstance,
  database: Database,
  visitors: Visitors,
): { on: On; served: Set<string> } {
  const idempotency = openIdempotency(database)
  const served = new Set<string>()

  const on: On = (route, answer) => {
    served.add(route.operation)
    const statuses = Object.keys(route.answers).map(Number)
    const status = statuses.find((code) => code < 300) ?? 200
    const schema = route.answers[status]
    const serialize = schema && !isStreamed(schema) ? serializerFor(schema as z.ZodType) : null
    const parseQuery = queryParser(route.query)
    const parseBody = bodyParser(route.body)
    const own = route.needs === 'session' || route.needs === 'any_session'
    const needed = permissionsNeeded(route.needs)
    const changes = route.method !== 'GET'

    app.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.bodyLimit ?? 256 * 1024,
      handler: async (request, reply) => {
        if (changes) refuseCrossSite(request)
        const { actor: anywhere, session } = await visitors.recognise(request, reply, route.needs)
        const actor = own && session ? atHome(anywhere, session) : anywhere
        if (session?.kind === 'password_change' && route.needs !== 'any_session') problem('password_change_required')
        if (needed.length > 0) authorizeAny(actor, needed)

        const asked = {
          actor,
          session,
          params: parseParams(route.params, request.params),
          query: parseQuery(request.query),
          body: parseBody(request),
          ifMatch: route.ifMatch ? versionOf(request.headers['if-match']) : null,
          request,
          reply,
        } as unknown as Asked<typeof route>

        if (isStreamed(schema)) return stream(reply, schema, (await answer(asked)) as string | AsyncIterable<string>)
        const carryOut = async (keyed: Keyed): Promise<string | null> => {
          if (keyed) asked.actor = { ...actor, idempotencyKey: keyed }
          const body = await answer(asked)
          return serialize ? serialize(body) : null
        }
        const key = route.method === 'POST' && session ? request.headers['idempotency-key'] : undefined
        const text =
          key === undefined
            ? await carryOut(null)
            : await idempotency.once(String(key), actor, request, { keep: !route.answersSecret, carryOut, reply })
        return send(reply, status, text)
      },
    })
  }
  return { on, served }
}

function send(reply: FastifyReply, status: number, text: string | null): FastifyReply {
  if (text === null) return reply.code(204).send()
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer((payload: unknown) => payload as string)
    .send(text)
}

const stream = (reply: FastifyReply, type: StreamedType, text: string | AsyncIterable<string>): FastifyReply =>
  reply
    .header('cache-control', 'no-store')
    .type(`${type}; charset=utf-8`)
    .send(typeof text === 'string' || text instanceof Readable ? text : Readable.from(text, { objectMode: false }))

function versionOf(header: string | undefined): number | null {
  if (header === undefined) {
    return problem('precondition_required', {
      detail: 'Send If-Match with the ETag you read, or * to change any version.',
    })
  }
  if (header.trim() === '*') return null
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())
  // An ETag that is none of ours names a version that is not current.
  return match ? Number(match[1]) : -1
}

/** The ETag of a version. */
export const etag = (version: number): string => `"${version}"`
