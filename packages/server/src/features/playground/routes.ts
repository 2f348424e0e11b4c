import * as contract from '@tenantry/contract'
import type { LiveSession } from '../../platform/access/sessions.ts'
import { readCookie } from '../../platform/http/cookies.ts'
import { etag, type On } from '../../platform/http/registrar.ts'
import { answerInPlayground, type Playground } from './answer.ts'
import * as chats from './chats.ts'

export function addPlaygroundRoutes(on: On, playground: Playground): void {
  const { deps } = playground
  on(contract.answerInPlayground, ({ actor, params, body, session, request }) =>
    answerInPlayground(
      playground,
      { actor, session: session as LiveSession, token: readCookie(request, 'session') ?? '' },
      params.id,
      body,
    ),
  )
  on(contract.listChats, ({ actor, query }) => chats.listChats(deps, actor, query))
  on(contract.createChat, ({ actor, body }) => chats.createChat(deps, actor, body))
  on(contract.getChat, async ({ actor, params, reply }) => {
    const chat = await chats.getChat(deps, actor, params.id)
    reply.header('etag', etag(chat.version))
    return chat
  })
  on(contract.saveChat, async ({ actor, params, body, ifMatch, reply }) => {
    const saved = await chats.saveChat(deps, actor, params.id, body, ifMatch)
    reply.header('etag', etag(saved.version))
    return saved
  })
  on(contract.renameChat, ({ actor, params, body }) => chats.renameChat(deps, actor, params.id, body.title))
  on(contract.shareChat, ({ actor, params }) => chats.shareChat(deps, actor, params.id))
  on(contract.unshareChat, ({ actor, params }) => chats.unshareChat(deps, actor, params.id))
  on(contract.deleteChat, ({ actor, params }) => chats.deleteChat(deps, actor, params.id))
  on(contract.restoreChat, ({ actor, params }) => chats.restoreChat(deps, actor, params.id))
}
