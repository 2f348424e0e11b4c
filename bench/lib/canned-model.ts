import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

// A model that costs next to nothing: numbered tokens, `max_tokens` of them. Called `every-20`, it has one every 20 ms.
const headOf = (model: string) =>
  `"id":"bench","object":"chat.completion.chunk","created":1700000000,"model":"${model}"`
const events: Map<string, string[]> = new Map()

/** The events of a model, made once: what is measured is not how they are. */
function eventsOf(model: string, count: number): string[] {
  const made = events.get(model) ?? []
  events.set(model, made)
  for (let index = made.length; index < count; index += 1) {
    made.push(
      `data: {${headOf(model)},"choices":[{"index":0,"delta":{"content":" w${index}"},"logprobs":null,"finish_reason":null}]}\n\n`,
    )
  }
  return made
}

/** When readers went away before the end, each on the clock that all processes of the machine share. */
const closed: string[] = []
let connections = 0

async function answer(response: ServerResponse, model: string, count: number): Promise<void> {
  const every = Number(/^every-(\d+)$/.exec(model)?.[1] ?? 0)
  const made = eventsOf(model, count)
  const usage = { prompt_tokens: 5, completion_tokens: count, total_tokens: 5 + count }
  const end = `data: {${headOf(model)},"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\ndata: {${headOf(model)},"choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`
  response.once('close', () => response.writableFinished || closed.push(String(process.hrtime.bigint())))
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  // As vLLM does: the end of the body is not in one packet with what is the end of the answer.
  const finish = () => {
    response.write(end)
    setImmediate(() => response.end())
  }
  if (every === 0) {
    for (let index = 0; index < count; index += 1) {
      if (!response.write(made[index] as string)) await Promise.race([once(response, 'drain'), once(response, 'close')])
      if (response.destroyed) return
    }
    finish()
    return
  }
  let index = 0
  const timer = setInterval(() => {
    if (response.destroyed) return clearInterval(timer)
    if (index < count) return void response.write(made[index++] as string)
    clearInterval(timer)
    finish()
  }, every)
}

const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, async (request, response) => {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += piece
  if (request.url === '/noted') return response.end(JSON.stringify({ closed, connections }))
  if (request.url !== '/v1/chat/completions') return response.writeHead(404).end()
  const { model, max_tokens } = JSON.parse(text) as { model: string; max_tokens: number }
  await answer(response, model, max_tokens)
})
server.on('connection', () => {
  connections += 1
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
