import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { constants, createGzip } from 'node:zlib'

/** How it answers. With nothing said: five tokens at once, and their use where it is asked for, as vLLM does. */
export type Behaviour = {
  tokens?: number
  /** Milliseconds before each token. */
  every?: number
  word?: (index: number) => string
  /** Of the tokens, so many are reasoning. */
  reasoning?: number
  /** `refused`: it does not know how to be asked. */
  usage?: 'asked' | 'never' | 'each' | 'refused'
  finish?: string
  /** Half of the tokens through. */
  midway?: 'brokenChunk' | 'error' | 'drop' | 'silence'
  /** A chunk without choices at the end, though no use is told in it. */
  emptyChoices?: true
  /** After `[DONE]` it does not end. */
  endless?: true
  /** Without `[DONE]`. */
  undone?: true
  lineEnd?: '\n' | '\r\n' | '\r'
  /** A comment before each event. */
  comments?: true
  /** Sent in packets of so many bytes, whatever they cut. */
  packets?: number
  gzip?: true
  /** `nothing`: not even a status. `silence`: that, and then nothing. */
  instead?: 'nothing' | 'silence' | 'flood' | 'hugeLine' | Whole
}
/** An answer as it stands. `status` 200 and a page of HTML is one, a redirect with `location` another. */
type Whole = { status: number; headers?: Record<string, string>; body?: string }

export type FakeModelRequest = { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }
export type FakeModel = {
  /** The base of its interface, with `/v1`. */
  url: string
  /** In the order they came. */
  requests: FakeModelRequest[]
  /** Of requests whose model has none of its own. */
  behaviour: Behaviour
  /** By what the model is called. */
  named: Map<string, Behaviour>
  /** What `/metrics` says; null: there is none. */
  metrics: string | null
  /** How many connections were made to it. */
  connections(): number
  /** How many it is answering. */
  openStreams(): number
  /** When a reader went away before the end, each; in terms of `performance.now()`. */
  closedAt: number[]
  /** Bytes that its sockets took of floods and huge lines. */
  flooded(): number
  close(): Promise<void>
}

export const fakeContextLength = 8192
/** As endpoints put it that are strict, and older than the option. */
const unknownField = 'Unrecognized request argument supplied: stream_options'
const json = { 'content-type': 'application/json' }
const events = { 'content-type': 'text/event-stream; charset=utf-8' }

/** An OpenAI-compatible endpoint on loopback, in this process, for speed and for faults. */
export async function openFakeModel(behaviour: Behaviour = {}): Promise<FakeModel> {
  let connections = 0
  let open = 0
  let flooded = 0
  const server = createServer({ noDelay: true }, async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const path = request.url ?? ''
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    fake.requests.push({ path, headers: request.headers, body })
    const gone = new AbortController()
    open += 1
    response.once('close', () => {
      open -= 1
      if (response.writableFinished) return
      fake.closedAt.push(performance.now())
      gone.abort()
    })
    response.on('error', () => {})
    const chosen = fake.named.get(String(body.model)) ?? fake.behaviour
    const answer = new Answer(response, chosen, body, path, gone.signal, (bytes) => {
      flooded += bytes
    })
    if (path.endsWith('/metrics')) {
      response.writeHead(fake.metrics === null ? 404 : 200, { 'content-type': 'text/plain' }).end(fake.metrics ?? '')
    } else if (path.endsWith('/models')) answer.models([...fake.named.keys()])
    else await answer.give().catch((error) => gone.signal.aborted || response.destroy(error))
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const fake: FakeModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: [],
    behaviour,
    named: new Map(),
    metrics: null,
    connections: () => connections,
    openStreams: () => open,
    closedAt: [],
    flooded: () => flooded,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return fake
}

class Answer {
  constructor(
    private readonly response: ServerResponse,
    private readonly chosen: Behaviour,
    private readonly body: Record<string, unknown>,
    private readonly path: string,
    private readonly signal: AbortSignal,
    private readonly flooding: (bytes: number) => void,
  ) {}

  private get chat() {
    return this.path.endsWith('/chat/completions')
  }

  private whole({ status, headers, body = '' }: Whole) {
    this.response.writeHead(status, { ...json, ...headers }).end(body)
  }

  models(names: string[]) {
    const { instead } = this.chosen
    if (typeof instead === 'object') return this.whole(instead)
    const data = ['fake', ...names].map((id) => ({ id, object: 'model', max_model_len: fakeContextLength }))
    this.whole({ status: 200, body: JSON.stringify({ object: 'list', data }) })
  }

  async give(): Promise<void> {
    const { instead } = this.chosen
    if (typeof instead === 'object') return this.whole(instead)
    if (instead === 'nothing') return
    if (this.path.endsWith('/embeddings')) return this.embed()
    if (this.body.stream !== true) return this.complete()
    if (this.chosen.usage === 'refused' && this.body.stream_options !== undefined)
      return this.whole({ status: 400, body: JSON.stringify({ error: { message: unknownField } }) })
    this.response.writeHead(200, { ...events, ...(this.chosen.gzip && { 'content-encoding': 'gzip' }) })
    this.response.flushHeaders()
    if (instead === 'silence') return
    if (instead) return this.flood(instead)
    return this.stream()
  }

  private usage(tokens: number) {
    return { prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens }
  }

  private words() {
    const { tokens = 5, word = (index) => `${index === 0 ? '' : ' '}w${index}` } = this.chosen
    return Array.from({ length: tokens }, (_, index) => word(index))
  }

  private get head() {
    return { id: 'fake-1', created: 1_700_000_000, model: this.body.model }
  }

  private async complete() {
    const { reasoning = 0, finish = 'stop', usage, every = 0 } = this.chosen
    const words = this.words()
    await delay(every * words.length, undefined, { signal: this.signal })
    const [thought, said] = [words.slice(0, reasoning).join(''), words.slice(reasoning).join('')]
    const message = { role: 'assistant', content: said, ...(reasoning > 0 && { reasoning_content: thought }) }
    const choice = { index: 0, ...(this.chat ? { message } : { text: said }), finish_reason: finish }
    const object = this.chat ? 'chat.completion' : 'text_completion'
    const used = usage === 'never' || usage === 'refused' ? {} : { usage: this.usage(words.length) }
    this.whole({ status: 200, body: JSON.stringify({ ...this.head, object, choices: [choice], ...used }) })
  }

  private embed() {
    const inputs = [this.body.input].flat()
    const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding: [index, 0.5, -0.25] }))
    const usage = { prompt_tokens: 3 * inputs.length, total_tokens: 3 * inputs.length }
    this.whole({ status: 200, body: JSON.stringify({ object: 'list', data, model: this.body.model, usage }) })
  }

  private async stream() {
    const { every, reasoning = 0, usage = 'asked', finish = 'stop', midway, emptyChoices, undone } = this.chosen
    const { lineEnd = '\n', comments, gzip } = this.chosen
    const zipped = gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : null
    zipped?.pipe(this.response)
    const event = (data: string) =>
      this.write(`${comments ? `: still here${lineEnd}` : ''}data: ${data}${lineEnd}${lineEnd}`, zipped)
    const object = this.chat ? 'chat.completion.chunk' : 'text_completion'
    const chunk = (choices: unknown[], more: object = {}) =>
      event(JSON.stringify({ ...this.head, object, choices, ...more }))
    const choice = (said: object, finish_reason: string | null = null) => [{ index: 0, ...said, finish_reason }]
    const words = this.words()
    if (this.chat) await chunk(choice({ delta: { role: 'assistant', content: '' } }))
    for (const [index, word] of words.entries()) {
      if (every) await delay(every, undefined, { signal: this.signal })
      if (midway && index === words.length >> 1) {
        if (midway === 'silence') return
        if (midway === 'drop') return void this.response.destroy()
        if (midway === 'error') return void (await this.failMidway(event, zipped))
        await event('{"choices": [{"index"')
      }
      const delta = index < reasoning ? { reasoning_content: word } : { content: word }
      const told = usage === 'each' ? { usage: this.usage(index + 1) } : {}
      await chunk(choice(this.chat ? { delta } : { text: word }), told)
    }
    await chunk(choice(this.chat ? { delta: {} } : { text: '' }, finish))
    const asked = (this.body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true
    if (usage === 'each' || (usage === 'asked' && asked)) await chunk([], { usage: this.usage(words.length) })
    else if (emptyChoices) await chunk([])
    if (!undone) await event('[DONE]')
    if (!this.chosen.endless) (zipped ?? this.response).end()
  }

  /** As vLLM does: what went wrong as an event, and then the end as if all were well. */
  private async failMidway(event: (data: string) => Promise<void>, zipped: NodeJS.WritableStream | null) {
    await event(JSON.stringify({ error: { message: 'The engine has died.', type: 'InternalServerError', code: 500 } }))
    await event('[DONE]')
    ;(zipped ?? this.response).end()
  }

  private async write(text: string, through: NodeJS.WritableStream | null) {
    const bytes = Buffer.from(text)
    const size = this.chosen.packets ?? bytes.length
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) await delay(1, undefined, { signal: this.signal })
      const flowing = (through ?? this.response).write(bytes.subarray(at, at + size))
      if (!flowing) await once(through ?? this.response, 'drain', { signal: this.signal })
    }
  }

  /** As much as the reader takes, without end: events of 64 KiB, or one line. */
  private async flood(kind: 'flood' | 'hugeLine') {
    const content = 'x'.repeat(64 * 1024)
    const choices = [{ index: 0, delta: { content }, finish_reason: null }]
    const piece = Buffer.from(kind === 'hugeLine' ? content : `data: ${JSON.stringify({ ...this.head, choices })}\n\n`)
    if (kind === 'hugeLine') this.response.write('data: {"choices":[{"index":0,"delta":{"content":"')
    while (!this.signal.aborted) {
      const flowing = this.response.write(piece)
      this.flooding(piece.length)
      // Without a turn of the loop, a reader in this process would read nothing.
      if (flowing) await new Promise((done) => setImmediate(done))
      else await once(this.response, 'drain', { signal: this.signal })
    }
  }
}
