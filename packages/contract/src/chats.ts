import { z } from 'zod'
import { Id, Instant, lineOfText, Person, pageOf, paging } from './fields.ts'
import { ModelName } from './models.ts'
import { route } from './route.ts'

const tag = 'Playground'
const byId = z.object({ id: Id })

/** How many models are asked side by side at most. */
export const mostLanes = 4

/** What is not given is left to the model. */
export const ChatParameters = z.object({
  system: z.string().max(100_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: z.int().min(1).max(10_000_000).optional(),
  stop: z.array(z.string().min(1).max(200)).max(4).optional(),
  seed: z.int().min(-9_007_199_254_740_991).max(9_007_199_254_740_991).optional(),
})
export type ChatParameters = z.infer<typeof ChatParameters>

/** Tokens as the endpoint reported them; `estimated` where it did not, and they were counted here. */
export const TokenUse = z.object({ input: z.int(), output: z.int(), estimated: z.boolean() })
export type TokenUse = z.infer<typeof TokenUse>

/** What is known of an answer when it has ended. Times in milliseconds since it was asked for, at the server. */
export const AnswerFigures = z.object({
  usage: TokenUse.nullable(),
  /** To the first token of text or reasoning; null: none came. */
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
  /** From the first token to the last, without the wait for the first; null where there were not two. */
  tokensPerSecond: z.number().nullable(),
  /** As the endpoint says: `stop`, `length` … or `stopped` by the reader, `cut_off` here; null: none was given. */
  finishReason: z.string().max(60).nullable(),
  cost: z.object({ amount: z.number(), currency: z.string() }).nullable(),
})
export type AnswerFigures = z.infer<typeof AnswerFigures>

/**
 * What comes of an answer, as server-sent events whose data is JSON. `ms` counts from when the endpoint was asked, at the
 * server. It begins with `begin` and ends with `end` or `failed`, unless the connection is cut.
 */
export type AnswerEvents = {
  /** The endpoint began to answer; the request is as it was sent, without its credential. */
  begin: { ms: number; status: number; request: { path: string; body: Record<string, unknown> } }
  /** One event of the endpoint’s, as it came: JSON of a `chat.completion.chunk`, or `[DONE]`. */
  chunk: { ms: number; data: string }
  end: { figures: AnswerFigures }
  /** It broke off, or never began: why, in words, and the status of HTTP where there was one. */
  failed: { message: string; status: number | null; figures: AnswerFigures }
}

const Said = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().max(2_000_000),
})

export const answerInPlayground = route('answerInPlayground', 'POST /models/:id/answer', {
  summary:
    'Have a model answer, as it comes: events `begin` {request, status}, `chunk` {ms, data}, `end` {figures}, `failed` {message, status, figures}. Closing the connection stops the model.',
  tag,
  needs: 'model.use',
  params: byId,
  body: z.object({ messages: z.array(Said).min(1).max(2000), parameters: ChatParameters.omit({ system: true }) }),
  bodyLimit: 8 * 1024 * 1024,
  answers: { 200: 'text/event-stream' },
  problems: ['not_found', 'model_limit', 'too_many_requests'],
})

/** One model in a chat. Its name stays where the model is withdrawn. */
const Lane = z.object({ modelId: Id, name: ModelName, title: z.string().max(80), parameters: ChatParameters })
export type Lane = z.infer<typeof Lane>

/** What one model answered in a turn. */
const ChatAnswer = z.object({
  modelId: Id,
  name: ModelName,
  text: z.string().max(2_000_000),
  reasoning: z.string().max(2_000_000).nullable(),
  figures: AnswerFigures.nullable(),
  /** Why it failed, in words. */
  error: z.string().max(2000).nullable(),
})
export type ChatAnswer = z.infer<typeof ChatAnswer>

/** What was asked, and what each lane answered, in order of lanes. A turn that was edited or asked again has siblings. */
const Turn = z.object({
  id: Id,
  parent: Id.nullable(),
  text: z.string().max(2_000_000),
  at: Instant,
  answers: z.array(ChatAnswer.nullable()).max(mostLanes),
})
export type Turn = z.infer<typeof Turn>

export const ChatContent = z.object({
  lanes: z.array(Lane).min(1).max(mostLanes),
  turns: z.array(Turn).max(1000),
  /** The turn that is shown last: the branch that is open. */
  at: Id.nullable(),
})
export type ChatContent = z.infer<typeof ChatContent>

const ChatLine = z.object({
  id: Id,
  title: z.string(),
  owner: Person,
  mine: z.boolean(),
  /** Everybody in the tenant who may see models may read it. */
  shared: z.boolean(),
  /** Names of its models. */
  models: z.array(z.string()),
  turns: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
})
export type ChatLine = z.infer<typeof ChatLine>
export const Chat = ChatLine.extend({ content: ChatContent, version: z.int() })
export type Chat = z.infer<typeof Chat>

const needs = 'model.use'
const bodyLimit = 4 * 1024 * 1024

export const listChats = route('listChats', 'GET /chats', {
  summary: 'Chats: your own, or those that others share, the last used first.',
  tag,
  needs,
  query: z.object({ q: z.string().max(100).optional(), whose: z.enum(['mine', 'shared']).default('mine'), ...paging }),
  answers: { 200: pageOf(ChatLine) },
  problems: ['invalid_cursor'],
})
export const createChat = route('createChat', 'POST /chats', {
  summary: 'Keep a chat.',
  tag,
  needs,
  body: z.object({ title: lineOfText(120), content: ChatContent }),
  bodyLimit,
  answers: { 201: Chat },
  problems: ['wrong_state', 'too_many_chats'],
})
export const getChat = route('getChat', 'GET /chats/:id', {
  summary: 'One chat, your own or a shared one. The ETag names the version.',
  tag,
  needs,
  params: byId,
  answers: { 200: Chat },
  problems: ['not_found'],
})
export const saveChat = route('saveChat', 'PUT /chats/:id', {
  summary: 'Keep what a chat has become.',
  tag,
  needs,
  params: byId,
  body: z.object({ content: ChatContent }),
  bodyLimit,
  answers: { 200: z.object({ version: z.int(), updatedAt: Instant }) },
  problems: ['not_found', 'changed_meanwhile'],
  ifMatch: true,
})
export const renameChat = route('renameChat', 'POST /chats/:id/rename', {
  summary: 'Give a chat another title.',
  tag,
  needs,
  params: byId,
  body: z.object({ title: lineOfText(120) }),
  answers: { 200: ChatLine },
  problems: ['not_found'],
})
export const shareChat = route('shareChat', 'POST /chats/:id/share', {
  summary: 'Let everybody in the tenant who may use models read a chat.',
  tag,
  needs,
  params: byId,
  answers: { 200: ChatLine },
  problems: ['not_found'],
})
export const unshareChat = route('unshareChat', 'POST /chats/:id/unshare', {
  summary: 'Keep a chat to yourself again.',
  tag,
  needs,
  params: byId,
  answers: { 200: ChatLine },
  problems: ['not_found'],
})
export const deleteChat = route('deleteChat', 'DELETE /chats/:id', {
  summary: 'Delete a chat. It can be restored for a day.',
  tag,
  needs,
  params: byId,
  answers: { 204: null },
  problems: ['not_found'],
})
export const restoreChat = route('restoreChat', 'POST /chats/:id/restore', {
  summary: 'Bring back a chat that was deleted within a day.',
  tag,
  needs,
  params: byId,
  answers: { 200: ChatLine },
  problems: ['not_found'],
})
