import { Agent, type ClientRequest, request } from 'node:http'

/** Where tokens are asked for, and how. `body` makes what is sent out of the model and how many tokens there shall be. */
export type Way = {
  name: string
  port: number
  path: string
  headers: Record<string, string>
  body(model: string, tokens: number): object
  agent: Agent
}
/** One stream, read to its end. Times in milliseconds since it was asked for. */
export type Read = {
  status: number
  firstToken: number
  lastToken: number
  tokens: number
  /** `[DONE]` came, as the last of all. */
  done: boolean
  /** What came out of order, or was no token; the beginning of a refusal. */
  wrong: string | null
}
export type Reading = { read: Promise<Read>; begun: Promise<void>; stop(): void }

export const openAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 1000 })

/** Has numbered tokens streamed. `stop` hangs up; `read` answers what came until then. */
export function openStream(way: Way, model: string, tokens: number): Reading {
  const payload = JSON.stringify(way.body(model, tokens))
  const since = performance.now()
  const read: Read = {
    status: 0,
    firstToken: Number.NaN,
    lastToken: Number.NaN,
    tokens: 0,
    done: false,
    wrong: null,
  }
  let begin = () => {}
  const begun = new Promise<void>((done) => {
    begin = done
  })
  let outgoing: ClientRequest | null = null
  const ended = new Promise<Read>((done) => {
    const { port, path, agent } = way
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload),
      ...way.headers,
    }
    outgoing = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      read.status = response.statusCode ?? 0
      let left = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        if (read.status !== 200) {
          left += piece
          read.wrong = `${read.status}: ${left.slice(0, 300)}`
          return
        }
        const parts = (left + piece).split('\n\n')
        left = parts.pop() ?? ''
        for (const event of parts) take(event, read, since)
        if (read.tokens > 0) begin()
      })
      response.on('close', () => done(read))
    })
    outgoing.on('error', (error) => {
      read.wrong ??= error.message
      done(read)
    })
    outgoing.end(payload)
  })
  void ended.then(begin)
  return { read: ended, begun, stop: () => outgoing?.destroy() }
}

/** An event of either shape: the endpoint's own, or the same as text within one of the playground's. */
function take(event: string, read: Read, since: number): void {
  const token = /content\\?":\\?" w(\d+)\\?"/.exec(event)?.[1]
  if (token !== undefined) {
    if (Number(token) !== read.tokens) read.wrong ??= `token ${token} came as number ${read.tokens}`
    read.lastToken = performance.now() - since
    if (read.tokens === 0) read.firstToken = read.lastToken
    read.tokens += 1
  } else if (event.includes('[DONE]')) read.done = true
  else if (/"error"|^event: failed/.test(event)) read.wrong ??= event.slice(0, 300)
}

/** Many at once, to their end. Throws where one is not as it should be. */
export async function readAll(way: Way, model: string, streams: number, tokens: number): Promise<Read[]> {
  const reads = await Promise.all(Array.from({ length: streams }, () => openStream(way, model, tokens).read))
  for (const read of reads) expectWhole(way, read, tokens)
  return reads
}

export function expectWhole({ name }: Way, read: Read, tokens: number): void {
  if (read.status === 200 && read.tokens === tokens && read.done && read.wrong === null) return
  throw new Error(`${name}: not the ${tokens} tokens that were asked for: ${JSON.stringify(read)}`)
}
