import * as contract from '@tenantry/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import { clearCookie, readCookie, setCookie } from '../../platform/http/cookies.ts'
import { problem } from '../../platform/http/problem.ts'
import type { On } from '../../platform/http/registrar.ts'
import { originOf } from '../../platform/http/visitors.ts'
import { type Opened, signIn, signOut } from './actions.ts'
import { acceptSetUpLink, choosePassword, openSetUpLink } from './choose-password.ts'
import { present } from './rules.ts'

const year = 365 * 86_400

/** Hands the browser what it is known by from now on. */
export function welcome(request: FastifyRequest, reply: FastifyReply, opened: Opened) {
  setCookie(request, reply, 'session', opened.token, (opened.expiresAt.getTime() - Date.now()) / 1000)
  if (!opened.session.passwordChangeRequired) setCookie(request, reply, 'device', opened.device, year)
  return opened.session
}

/** Goes on with another token of a session that is open. */
export const openGoOn =
  (sessions: SessionCache) =>
  async (request: FastifyRequest, reply: FastifyReply, token: string): Promise<contract.Session> => {
    const session = (await sessions.get(token)) ?? problem('not_signed_in')
    setCookie(request, reply, 'session', token, (session.expiresAt - Date.now()) / 1000)
    return present(session)
  }

export function addSignInRoutes(on: On, deps: Deps): void {
  on(contract.signIn, async ({ body, request, reply }) =>
    welcome(request, reply, await signIn(deps, originOf(request), body, readCookie(request, 'device'))),
  )
  on(contract.getSession, async ({ session }) => present(session as LiveSession))
  on(contract.signOut, async ({ actor, request, reply }) => {
    await signOut(deps, actor)
    clearCookie(request, reply, 'session')
  })
  on(contract.choosePassword, async ({ actor, session, body, request, reply }) =>
    welcome(
      request,
      reply,
      await choosePassword(deps, actor, session as LiveSession, body, readCookie(request, 'device')),
    ),
  )
  on(contract.openSetUpLink, ({ body, request }) => openSetUpLink(deps, originOf(request), body.token))
  on(contract.acceptSetUpLink, async ({ body, request, reply }) =>
    welcome(
      request,
      reply,
      await acceptSetUpLink(deps, originOf(request), body.token, body, readCookie(request, 'device')),
    ),
  )
}
