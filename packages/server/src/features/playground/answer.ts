import type { Readable } from 'node:stream'
import type { AnswerEvents, AnswerFigures, answerInPlayground as answerRoute, BodyOf } from '@tenantry/contract'
import { EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import type { LivePage, LivePages } from '../../platform/http/live-pages.ts'
import { problem } from '../../platform/http/problem.ts'
import {
  admit,
  Broken,
  costOf,
  EndpointRefused,
  LimitReached,
  type OpenCalls,
  openTally,
  streamAnswer,
  type Tally,
  type UsageBook,
} from '../model-calls/index.ts'
import { mayUse, type OpenModel, type Shelf } from '../models/index.ts'

export type Playground = {
  deps: Deps
  shelf: Shelf
  pages: LivePages
  calls: OpenCalls
  book: UsageBook
  /** Milliseconds. */
  silence: number
}
type Asker = { actor: Actor; session: LiveSession; token: string }

const path = '/chat/completions'
/** Bytes that may wait to be read by the browser before the endpoint is read on. */
const mostUnread = 256 * 1024

/**
 * Has a model answer, as events; whoever closes the stream stops the model. Throws `not_found`, `model_limit`,
 * `too_many_requests`.
 */
export async function answerInPlayground(
  playground: Playground,
  { actor, session, token }: Asker,
  id: string,
  { messages, parameters }: BodyOf<typeof answerRoute>,
): Promise<Readable> {
  authorize(actor, 'model.use')
  const { tenantId, visiting } = actor
  const find = async ({ user, permissions }: LiveSession) => {
    const person = { roleId: visiting ? null : user.roleId, permissions }
    return (await playground.shelf.of(tenantId)).find((model) => model.id === id && mayUse(model, person))
  }
  const model = await find(session)
  if (!model?.uses.includes('chat')) return problem('not_found')
  const caller = { tenantId, userId: session.user.id, key: null }
  await admit(playground.deps.database, caller, model).catch((error) => {
    if (!(error instanceof LimitReached)) throw error
    return problem('model_limit', { detail: error.message, retryAfter: error.left.reset })
  })
  const may = (live: LiveSession) => live.permissions.has('model.use')
  const stillMay = async () => (await find(page.session())) !== undefined
  const cut = () => page.close()
  const onRights = () => void stillMay().then((still) => still || cut(), cut)
  const page = playground.pages.follow({ session, token, kind: 'answer', may, onRights })
  const forget = playground.calls.add({ tenantId, userId: caller.userId, may: stillMay, cut })
  const body = {
    model: model.upstream,
    messages,
    ...parameters,
    stream: true,
    stream_options: { include_usage: true },
  }
  const sent = messages.reduce((sum, { content }) => sum + content.length, 0)
  const tally = openTally(sent)
  const begun = performance.now()
  void relay({ playground, page, model, body, tally, begun })
    .then((failed) => playground.book.record({ caller, model, failed, usage: tally.used(failed) }))
    .catch((error) => playground.deps.log.error({ err: error }, 'answering in the playground failed'))
    .finally(() => {
      forget()
      page.close()
    })
  return page.stream
}

type Relaying = {
  playground: Playground
  page: LivePage
  model: OpenModel
  body: Record<string, unknown>
  tally: Tally
  begun: number
}

/** Answers whether it failed at the endpoint. */
async function relay({ playground, page, model, body, tally, begun }: Relaying): Promise<boolean> {
  const since = () => Math.round((performance.now() - begun) * 100) / 100
  const tell = <Name extends keyof AnswerEvents>(name: Name, data: AnswerEvents[Name]) =>
    page.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  try {
    await streamAnswer(
      { ...model.endpoint(), path, body, silence: playground.silence, signal: page.closed },
      {
        begun: (status, sent) => tell('begin', { ms: since(), status, request: { path, body: sent } }),
        event: (event) => {
          const ms = since()
          tally.add(event, ms)
          tell('chunk', { ms, data: event.data })
        },
        ready: () => (page.unread() > mostUnread ? page.ready() : undefined),
      },
    )
    if (!tally.complete) throw new EngineError('garbage', 'It broke off in the middle of its answer.')
    tell('end', { figures: figuresOf(tally, model, since(), tally.finishReason) })
    return false
  } catch (error) {
    if (page.closed.aborted) return false
    const told = inWords(error)
    if (!told) playground.deps.log.error({ err: error }, 'unexpected error while a model answered')
    const figures = figuresOf(tally, model, since(), 'cut_off')
    tell('failed', { ...(told ?? { message: 'Something went wrong on our side.', status: null }), figures })
    return true
  }
}

function figuresOf(tally: Tally, model: OpenModel, totalMs: number, finishReason: string | null): AnswerFigures {
  const { firstTokenMs } = tally
  const usage = tally.usage()
  const none = firstTokenMs === null && usage.estimated
  return {
    usage: none ? null : usage,
    firstTokenMs,
    totalMs,
    tokensPerSecond: tally.tokensPerSecond(),
    finishReason,
    cost: model.price === null || none ? null : { amount: costOf(usage, model.price), currency: model.price.currency },
  }
}

function inWords(error: unknown): { message: string; status: number | null } | null {
  if (error instanceof EndpointRefused) {
    const { status } = error
    const ours = status === 401 || status === 403
    const message = ours
      ? 'The endpoint does not take the credential it was published with. Tell whoever published it.'
      : `The endpoint answered ${status}: ${error.message}`
    return { message, status }
  }
  if (error instanceof Broken) return { message: `The model broke off: ${error.message}`, status: null }
  if (error instanceof EngineError)
    return { message: `The endpoint cannot be used just now. ${error.message}`, status: null }
  return null
}
