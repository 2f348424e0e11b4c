import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, resolve } from 'node:path'
import {
  type AnswerEvents,
  type AnswerFigures,
  builtInRoles,
  type Chat,
  type ChatContent,
  type Model,
  type Permission,
} from '@tenantry/contract'
import type { Browser, Page } from 'playwright-core'
import { openContext } from './browser.ts'
import { id, sessionOf } from './made-up-jobs.ts'
import { bob, me } from './made-up-people.ts'

// A server in the place of the real one: it can leave a stream open, which answers made up in the browser cannot.
const dist = resolve(import.meta.dirname, '../../packages/web/dist')
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export { id }

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

export const model = (n: number, more: Partial<Model> = {}): Model => ({
  ...{ id: id(n), name: `lab/model-${n}`, title: `Model ${n}`, description: '', uses: ['chat'], contextLength: 8192 },
  ...{ price: null, limits: { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null }, enabled: true },
  ...{ roleIds: null, usable: true, health: { status: 'ok', asOf: at(-5), reason: null }, metrics: null },
  ...{ endpoint: null, version: 1, publishedAt: at(-90_000) },
  ...more,
})
export const everyModel = (): Model[] => [
  model(1, { title: 'Llama 70B' }),
  model(2, { title: 'Qwen 32B' }),
  model(3, { title: 'Mistral', health: { status: 'failing', asOf: at(-600), reason: 'Connection refused.' } }),
  model(4, { title: 'Not for me', usable: false }),
  model(5, { title: 'Switched off', enabled: false }),
  model(6, { title: 'Embedder', uses: ['embeddings'] }),
  model(7, { title: 'Gemma', health: { status: 'slow', asOf: at(-20), reason: 'The last answer took 9 s.' } }),
]

export const figures = (more: Partial<AnswerFigures> = {}): AnswerFigures => ({
  ...{ usage: { input: 12, output: 40, estimated: false }, firstTokenMs: 210, totalMs: 1_500, tokensPerSecond: 31 },
  ...{ finishReason: 'stop', cost: null },
  ...more,
})
export const chat = (n: number, more: Partial<Chat> = {}): Chat => ({
  ...{ id: id(n), title: `Chat ${n}`, owner: me, mine: true, shared: false, models: ['lab/model-1'], turns: 1 },
  ...{ createdAt: at(-7_200), updatedAt: at(-3_600), version: 3, content: contentOf('What is a GPU?', 'A **chip**.') },
  ...more,
})
export const ofBob = (n: number, more: Partial<Chat> = {}): Chat =>
  chat(n, { owner: bob, mine: false, shared: true, title: `Bob’s chat ${n}`, ...more })

export function contentOf(question: string, text: string): ChatContent {
  const answer = { modelId: id(1), name: 'lab/model-1', text, reasoning: null, figures: figures(), error: null }
  return {
    lanes: [{ modelId: id(1), name: 'lab/model-1', title: 'Llama 70B', parameters: {} }],
    turns: [{ id: id(500), parent: null, text: question, at: at(-3_600), answers: [answer] }],
    at: id(500),
  }
}

type Body = { messages: { role: string; content: string }[]; parameters: object }
/** An answer that is on its way, in the hands of a test. */
export type Stream = {
  modelId: string
  body: Body
  send: <Name extends keyof AnswerEvents>(event: Name, data: AnswerEvents[Name]) => void
  say: (text: string, ms?: number) => void
  end: (more?: Partial<AnswerFigures>) => void
  close: () => void
  /** Breaks the connection. */
  cut: () => void
  closed: boolean
}
type Refusal = { status: number; code: string; [name: string]: unknown }

export type MadeUp = {
  permissions: readonly Permission[]
  models: Model[]
  chats: Chat[]
  /** Whether answers wait for the test to go on; else each is `text` at once. */
  hold: boolean
  text: (modelId: string, question: string) => string
  figures: (modelId: string) => AnswerFigures
  streams: Stream[]
  /** Refusals in the place of what would be answered, by method and path below `/api/v1`. */
  refuse: Record<string, Refusal>
  asked: { what: string; body: Record<string, unknown>; ifMatch: string | undefined }[]
}

const chunk = (delta: object) => JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta }] })

function answerOn(made: MadeUp, modelId: string, body: Body, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send: Stream['send'] = (event, data) => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const stream: Stream = {
    ...{ modelId, body, send, closed: false },
    say: (content, ms = 210) => send('chunk', { ms, data: chunk({ content }) }),
    end: (more) => {
      send('end', { figures: { ...made.figures(modelId), ...more } })
      response.end()
    },
    close: () => response.end(),
    cut: () => response.socket?.destroy(),
  }
  response.on('close', () => {
    stream.closed = true
  })
  made.streams.push(stream)
  send('begin', { ms: 30, status: 200, request: { path: '/v1/chat/completions', body: { model: 'm', ...body } } })
  if (made.hold) return
  const words = made.text(modelId, body.messages.at(-1)?.content ?? '').split(/(?<= )/)
  for (const [n, word] of words.entries()) stream.say(word, 210 + n * 10)
  send('chunk', { ms: 900, data: '[DONE]' })
  stream.end()
}

const line = ({ content: _, version: __, ...rest }: Chat) => rest

function apiOf(made: MadeUp, what: string, of: string, url: URL, body: Record<string, unknown>, ifMatch?: string) {
  const found = made.chats.find((one) => one.id === of)
  const refused = (status: number, code: string) => ({ status, body: problem({ status, code }) })
  const change = (part: Partial<Chat>) => {
    made.chats = made.chats.map((one) => (one.id === of ? { ...one, ...part } : one))
    const changed = made.chats.find((one) => one.id === of)
    return changed ? { status: 200, body: line(changed) } : refused(404, 'not_found')
  }
  switch (what) {
    case 'GET session':
      return { status: 200, body: sessionOf(made.permissions) }
    case 'GET models':
      return { status: 200, body: { items: made.models } }
    case 'GET chats': {
      const mine = url.searchParams.get('whose') !== 'shared'
      const q = (url.searchParams.get('q') ?? '').toLowerCase()
      const items = made.chats.filter((one) => one.mine === mine && one.title.toLowerCase().includes(q)).map(line)
      return { status: 200, body: { items, next: null, previous: null } }
    }
    case 'POST chats': {
      const n = 700 + made.chats.length
      const content = body.content as ChatContent
      const kept = chat(n, { title: String(body.title), content, version: 1, updatedAt: at(0) })
      made.chats.unshift(kept)
      return { status: 201, body: kept }
    }
    case 'GET chats/:id':
      return found ? { status: 200, body: found } : refused(404, 'not_found')
    case 'PUT chats/:id':
      if (!found) return refused(404, 'not_found')
      if (ifMatch !== `"${found.version}"`) return refused(412, 'changed_meanwhile')
      change({ content: body.content as ChatContent, version: found.version + 1 })
      return { status: 200, body: { version: found.version + 1, updatedAt: at(0) } }
    case 'POST chats/:id/rename':
      return change({ title: String(body.title) })
    case 'POST chats/:id/share':
      return change({ shared: true })
    case 'POST chats/:id/unshare':
      return change({ shared: false })
    case 'DELETE chats/:id':
      deleted.set(of, found)
      made.chats = made.chats.filter((one) => one.id !== of)
      return { status: 204, body: null }
    case 'POST chats/:id/restore': {
      const back = deleted.get(of)
      if (back) made.chats.push(back)
      return back ? { status: 200, body: line(back) } : refused(404, 'not_found')
    }
    default:
      return { status: 200, body: { items: [], next: null, previous: null } }
  }
}
const deleted = new Map<string, Chat | undefined>()
const problem = ({ status, code, ...more }: Refusal) => ({
  ...{ type: `/problems/${code}`, code, title: 'Refused', status },
  ...more,
})

async function handle(made: MadeUp, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://tenantry.test')
  if (!url.pathname.startsWith('/api/')) {
    const file = resolve(dist, url.pathname.slice(1))
    const found = extname(file) !== '' && existsSync(file)
    response.writeHead(200, { 'content-type': found ? (types[extname(file)] ?? 'text/plain') : 'text/html' })
    response.end(readFileSync(found ? file : resolve(dist, 'index.html')))
    return
  }
  let text = ''
  for await (const part of request) text += part
  const body = text ? JSON.parse(text) : {}
  const path = url.pathname.replace('/api/v1/', '')
  const [, of = ''] = path.split('/')
  const what = `${request.method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, ':id')}`
  const ifMatch = request.headers['if-match']
  made.asked.push({ what, body, ifMatch })
  const refusal = made.refuse[what]
  const answer = refusal
    ? { status: refusal.status, body: problem(refusal) }
    : what === 'POST models/:id/answer'
      ? answerOn(made, of, body, response)
      : apiOf(made, what, of, url, body, ifMatch)
  if (!answer) return
  response.writeHead(answer.status, { 'content-type': 'application/json' })
  response.end(answer.body === null ? undefined : JSON.stringify(answer.body))
}

/** A page of the playground, with a made-up server of its own behind it. */
export async function openAt(
  browser: Browser,
  path: string,
  more: Partial<MadeUp> = {},
  options: Parameters<typeof openContext>[1] = {},
) {
  const made: MadeUp = {
    ...{ permissions: builtInRoles.tenant_admin.permissions, models: everyModel(), chats: [], hold: false },
    ...{ text: (_: string, question: string) => `You asked: ${question}`, figures: () => figures() },
    ...{ streams: [], refuse: {}, asked: [] },
    ...more,
  }
  const server: Server = createServer((request, response) => void handle(made, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const viewport = { width: 1440, height: 900 }
  const context = await openContext(browser, { viewport, reducedMotion: 'reduce', ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url })
  const page = await context.newPage()
  await page.goto(url + path)
  const close = async () => {
    await context.close()
    server.closeAllConnections()
    server.close()
  }
  return { context, page, made, url, close }
}

export const asked = (made: MadeUp, what: string) => made.asked.filter((one) => one.what === what)

export const composer = (page: Page) => page.getByLabel('Message')
export const answers = (page: Page) => page.getByRole('article', { name: /^Answer of / })
export const saved = (page: Page) => page.getByText('Saved', { exact: true }).waitFor()
export const dialogGone = (page: Page) => page.getByRole('dialog').waitFor({ state: 'hidden' })
export async function ask(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}
