import type { Needs } from '@tenantry/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import { type Actor, anyone, type Origin } from '../access/actor.ts'
import type { SessionCache } from '../access/session-cache.ts'
import type { LiveSession } from '../access/sessions.ts'
import { readCookie } from './cookies.ts'
import { problem } from './problem.ts'

export type Visitors = {
  /** Who asks: throws `not_signed_in` or `too_many_requests`. Never trusts anything but the session cookie. */
  recognise(
    request: FastifyRequest,
    reply: FastifyReply,
    needs: Needs,
  ): Promise<{ actor: Actor; session: LiveSession | null }>
}

const nowhere = '00000000-0000-0000-0000-000000000000'

/** `rateLimit`: requests per minute of one session, and of one address without a session; 0 is none. */
export function openVisitors(sessions: SessionCache, rateLimit: number): Visitors {
  const limiter = rateLimit > 0 ? new RateLimiterMemory({ points: rateLimit, duration: 60 }) : null

  const limit = async (reply: FastifyReply, key: string) => {
    if (!limiter) return
    const state = await limiter.consume(key).catch((refused: RateLimiterRes | Error) => {
      if (refused instanceof Error) throw refused
      const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      reply.header('ratelimit-limit', rateLimit).header('ratelimit-remaining', 0).header('ratelimit-reset', retryAfter)
      return problem('too_many_requests', { retryAfter })
    })
    reply
      .header('ratelimit-limit', rateLimit)
      .header('ratelimit-remaining', state.remainingPoints)
      .header('ratelimit-reset', Math.ceil(state.msBeforeNext / 1000))
  }

  return {
    async recognise(request, reply, needs) {
      const origin = originOf(request)
      if (needs === 'anyone') {
        await limit(reply, `address:${origin.address}`)
        return { actor: anyone(nowhere, 'somebody', origin), session: null }
      }
      const token = readCookie(request, 'session')
      const session = token === null ? null : await sessions.get(token)
      if (session === null) {
        await limit(reply, `address:${origin.address}`)
        return problem('not_signed_in')
      }
      await limit(reply, `session:${session.id}`)
      return { actor: actorOf(session, origin), session }
    },
  }
}

export const originOf = (request: FastifyRequest): Origin => ({
  address: request.ip,
  userAgent: request.headers['user-agent']?.slice(0, 400) ?? null,
  requestId: request.id,
})

export const actorOf = (session: LiveSession, origin: Origin): Actor => ({
  kind: 'user',
  userId: session.user.id,
  name: session.user.username,
  tenantId: session.visited?.id ?? session.tenant.id,
  sessionId: session.id,
  permissions: session.permissions,
  visiting: session.visited !== null,
  ...origin,
})

/** Whoever asks about themselves is at home, wherever they have gone. */
export const atHome = (actor: Actor, session: LiveSession): Actor => ({
  ...actor,
  tenantId: session.tenant.id,
  visiting: false,
})

/** Refuses what another site made the browser send. Programs send neither header and no cookie of a browser's. */
export function refuseCrossSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) {
    if (site !== 'same-origin' && site !== 'none') problem('cross_site_request')
    return
  }
  const { origin } = request.headers
  if (origin === undefined) return
  const host = URL.canParse(origin) ? new URL(origin).host : null
  if (host === null || host !== request.host) problem('cross_site_request')
}
