import type { ModelUse } from '@tenantry/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { EngineError } from '../../engines/port.ts'
import type { Deps } from '../../platform/deps.ts'
import {
  admit,
  askAnswer,
  type Caller,
  type Cut,
  type OpenCalls,
  openTally,
  streamAnswer,
  type UsageBook,
  unused,
  usageIn,
} from '../model-calls/index.ts'
import type { KeyRing, LiveKey } from '../model-keys/index.ts'
import { mayUse, type OpenModel, type Shelf } from '../models/index.ts'
import { brokeOff, cutOff, GatewayError, gatewayErrorOf, noSuchModel, unexpected } from './errors.ts'
import { type EventWriter, isOursAlone, limitHeaders, openEventWriter } from './relay.ts'
import { bodyFor, type GatewayRequest, readRequest } from './request.ts'

export type Gateway = {
  deps: Deps
  shelf: Shelf
  ring: KeyRing
  calls: OpenCalls
  book: UsageBook
  /** Milliseconds. */
  silence: number
}

const paths: Record<ModelUse, string> = {
  chat: '/chat/completions',
  completions: '/completions',
  embeddings: '/embeddings',
}

/** Whether a key may be used for a model: its owner may, it is for it, and not on hold. */
export const opens = (key: LiveKey, model: OpenModel): boolean =>
  !key.onHold && mayUse(model, key) && (key.modelIds?.includes(model.id) ?? true)

/** Answers one request with a model, or throws `GatewayError`. */
export async function answer(
  gateway: Gateway,
  { key, secret, use }: { key: LiveKey; secret: string; use: ModelUse },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = readRequest(request.body, use)
  const open = async (by: LiveKey) => (await gateway.shelf.of(by.tenantId)).filter((one) => opens(by, one))
  const model = (await open(key)).find(({ name }) => name === asked.model)
  if (!model) throw noSuchModel(asked.model)
  if (!model.uses.includes(use))
    throw new GatewayError(400, {
      message: `“${model.name}” is not for ${use}.`,
      param: 'model',
      code: 'model_not_suited',
    })
  const caller: Caller = { tenantId: key.tenantId, userId: key.userId, key }
  const headers = limitHeaders(await admit(gateway.deps.database, caller, model))

  const gone = new AbortController()
  let cut: Cut | null = null
  const call = {
    tenantId: key.tenantId,
    userId: key.userId,
    may: async () => {
      const now = await gateway.ring.find(secret)
      return now !== null && (await open(now)).some(({ id }) => id === model.id)
    },
    cut: (why: Cut) => {
      cut = why
      gone.abort()
    },
  }
  const forget = gateway.calls.add(call)
  const leave = () => gone.abort()
  reply.raw.once('close', leave)
  try {
    // Its body may have been long in coming: what was true of the key before it may be true no more.
    if (!(await call.may())) throw cutOff('refused')
    if (reply.raw.destroyed) leave()
    const given: Call = { gateway, caller, model, asked, use, signal: gone.signal, wasCut: () => cut }
    return await (asked.stream ? stream(given, headers, reply) : once(given, headers, reply))
  } finally {
    reply.raw.off('close', leave)
    forget()
  }
}

type Call = {
  gateway: Gateway
  caller: Caller
  model: OpenModel
  asked: GatewayRequest
  use: ModelUse
  signal: AbortSignal
  /** Why it was ended from here; null: it was not. */
  wasCut(): Cut | null
}

const askingOf = ({ gateway, model, asked, use, signal }: Call) => ({
  ...model.endpoint(),
  path: paths[use],
  body: bodyFor(asked, model.upstream),
  silence: gateway.silence,
  signal,
})

async function once(call: Call, headers: Record<string, string>, reply: FastifyReply): Promise<FastifyReply> {
  const { caller, model, asked, gateway } = call
  const tally = openTally(asked.characters)
  try {
    const { status, text, answer: said } = await askAnswer(askingOf(call))
    const usage = usageIn(said.usage)
    tally.add({ data: '', chunk: { ...said, usage: said.usage } }, 0)
    gateway.book.record({ caller, model, failed: false, usage: usage ? { ...usage, estimated: false } : tally.usage() })
    return reply
      .code(status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .type('application/json')
      .send(text)
  } catch (error) {
    // An endpoint that was left while it answered has read what it was asked, all the same.
    const left = call.signal.aborted || (error instanceof EngineError && error.kind === 'slow')
    const usage = left ? tally.usage() : unused
    gateway.book.record({ caller, model, failed: !call.signal.aborted, usage })
    const cut = call.wasCut()
    throw cut ? cutOff(cut) : error
  }
}

async function stream(call: Call, headers: Record<string, string>, reply: FastifyReply): Promise<FastifyReply> {
  const { asked, caller, gateway, model, signal } = call
  const tally = openTally(asked.characters)
  const begun = performance.now()
  let writer = null as EventWriter | null
  let failure: unknown = null
  try {
    await streamAnswer(askingOf(call), {
      begun: () => {
        const own = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)])
        reply.hijack()
        writer = openEventWriter(reply.raw, { ...Object.fromEntries(own), ...headers })
      },
      event: (event) => {
        tally.add(event, performance.now() - begun)
        if (asked.wantsUsage || !isOursAlone(event)) writer?.write(event.data)
      },
      ready: () => writer?.ready(),
    })
    if (!tally.complete) failure = brokeOff()
  } catch (error) {
    const cut = call.wasCut()
    failure = cut ? cutOff(cut) : error
  }
  // Whoever left has ended it themselves: that is no failure.
  const failed = failure !== null && (call.wasCut() !== null || !signal.aborted)
  gateway.book.record({ caller, model, failed, usage: tally.used(failed) })
  if (writer === null) throw failure
  if (failed) {
    const told = gatewayErrorOf(failure)
    if (!told) gateway.deps.log.error({ err: failure }, 'unexpected error in a stream')
    writer.write(JSON.stringify({ error: told?.error ?? unexpected }))
  }
  writer.end()
  return reply
}
