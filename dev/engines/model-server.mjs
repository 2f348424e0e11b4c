import { once } from 'node:events'
import { createServer as createPlain } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { Refusal, readAsked, stopper, textOf } from './model-asked.mjs'
import { loadModel } from './model-words.mjs'

// A tiny model behind an OpenAI-compatible endpoint, as vLLM has one. `model.mjs` starts it.
const {
  cache,
  seed = 1,
  name = 'tiny',
  port,
  apiKey,
  tls,
  slow = 0,
  slots = 4,
} = JSON.parse(process.env.TENANTRY_MODEL)
const words = await loadModel({ cache, seed, name, slots })
const model = { name, contextLength: words.contextLength }
const created = Math.floor(Date.now() / 1000)
const counted = { requests: 0, prompt: 0, generated: 0, answered: 0 }

async function* answer(asked, signal) {
  const { most, told, stop } = asked
  const { take, rest } = stopper(stop)
  let tokens = 0
  counted.prompt += asked.tokens.length
  for await (const word of words.generate(asked.tokens, { ...asked, signal })) {
    if (slow > 0) await delay(slow, undefined, { signal })
    counted.generated += 1
    tokens += 1
    const { text, ended } = take(word)
    if (ended) return yield { text, tokens, finish: 'stop' }
    if (tokens === most) return yield { text: text + rest(), tokens, finish: told ? 'length' : 'stop' }
    yield { text, tokens, finish: null }
  }
}

async function complete(body, response, signal, chat) {
  const asked = readAsked(body, { model, tokenize: words.tokenize, chat })
  counted.answered += 1
  const kind = chat ? 'chat.completion' : 'text_completion'
  const head = { id: `${chat ? 'chatcmpl' : 'cmpl'}-${counted.answered}`, created, model: name }
  const usageOf = (tokens) => ({
    prompt_tokens: asked.tokens.length,
    completion_tokens: tokens,
    total_tokens: asked.tokens.length + tokens,
  })
  if (!asked.stream) {
    let text = ''
    let last = null
    for await (const piece of answer(asked, signal)) {
      text += piece.text
      last = piece
    }
    if (last === null || last.finish === null) return
    const said = chat ? { message: { role: 'assistant', content: text } } : { text }
    const choice = { index: 0, ...said, logprobs: null, finish_reason: last.finish }
    return json(response, 200, { ...head, object: kind, choices: [choice], usage: usageOf(last.tokens) })
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  const object = chat ? 'chat.completion.chunk' : kind
  const send = async (choices, more) => {
    const flowing = response.write(`data: ${JSON.stringify({ ...head, object, choices, ...more })}\n\n`)
    if (!flowing) await once(response, 'drain', { signal })
  }
  const choice = (delta, finish) => [{ index: 0, ...delta, logprobs: null, finish_reason: finish }]
  if (chat) await send(choice({ delta: { role: 'assistant', content: '' } }, null))
  for await (const { text, tokens, finish } of answer(asked, signal)) {
    if (text !== '' || finish) await send(choice(chat ? { delta: { content: text } } : { text }, finish))
    if (finish && asked.includeUsage) await send([], { usage: usageOf(tokens) })
  }
  response.end('data: [DONE]\n\n')
}

async function embed(body, response) {
  readAsked({ model: body?.model, prompt: '' }, { model, tokenize: words.tokenize, chat: false })
  const texts = [body.input].flat().map((text) => textOf(text, 'input'))
  const tokens = texts.map(words.tokenize)
  const most = Math.max(...tokens.map(({ length }) => length))
  if (most > model.contextLength) throw new Refusal(400, 'invalid_request_error', 'input is too long.', 'input')
  const data = []
  for (const [index, each] of tokens.entries()) {
    const vector = await words.embed(each)
    const packed = Buffer.from(new Float32Array(vector).buffer).toString('base64')
    data.push({ object: 'embedding', index, embedding: body.encoding_format === 'base64' ? packed : vector })
  }
  const used = tokens.reduce((sum, { length }) => sum + length, 0)
  counted.prompt += used
  json(response, 200, { object: 'list', data, model: name, usage: { prompt_tokens: used, total_tokens: used } })
}

const models = () => ({
  object: 'list',
  data: [{ id: name, object: 'model', created, owned_by: 'vllm', root: name, max_model_len: model.contextLength }],
})

function metrics() {
  const waiting = words.waiting()
  const figures = [
    ['num_requests_running', 'gauge', counted.requests - waiting],
    ['num_requests_waiting', 'gauge', waiting],
    ['kv_cache_usage_perc', 'gauge', words.cacheUse()],
    ['gpu_cache_usage_perc', 'gauge', words.cacheUse()],
    ['prompt_tokens_total', 'counter', counted.prompt],
    ['generation_tokens_total', 'counter', counted.generated],
  ]
  const line = ([key, kind, value]) =>
    `# HELP vllm:${key} Of the tiny model.\n# TYPE vllm:${key} ${kind}\nvllm:${key}{engine="0",model_name="${name}"} ${value}\n`
  return figures.map(line).join('')
}

const json = (response, status, body) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function serve(request, response, signal) {
  const { pathname } = new URL(request.url, 'http://model')
  const route = `${request.method} ${pathname}`
  if (route === 'GET /health') return response.end()
  if (route === 'GET /metrics') return response.writeHead(200, { 'content-type': 'text/plain' }).end(metrics())
  if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
    throw new Refusal(401, 'invalid_request_error', 'Incorrect API key provided.', null, 'invalid_api_key')
  }
  if (route === 'GET /v1/models') return json(response, 200, models())
  const work = {
    'POST /v1/chat/completions': (body) => complete(body, response, signal, true),
    'POST /v1/completions': (body) => complete(body, response, signal, false),
    'POST /v1/embeddings': (body) => embed(body, response),
  }[route]
  if (!work) throw new Refusal(404, 'NotFoundError', `There is no ${route}.`)
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += piece
  counted.requests += 1
  try {
    await work(readJson(text))
  } finally {
    counted.requests -= 1
  }
}

function readJson(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refusal(400, 'invalid_request_error', `The body is not JSON: ${error.message}`)
  }
}

const listener = async (request, response) => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    await serve(request, response, gone.signal)
  } catch (error) {
    if (gone.signal.aborted) return
    if (error instanceof Refusal) return json(response, error.status, error.body)
    process.stderr.write(`${error.stack}\n`)
    if (response.headersSent) response.destroy()
    else json(response, 500, { error: { message: error.message, type: 'InternalServerError', param: null, code: 500 } })
  }
}
const server = tls ? createSecure(tls, listener) : createPlain(listener)
server.listen(port, '127.0.0.1', () => process.send?.({ port: server.address().port }))
process.on('message', () => process.send({ requests: counted.requests, tokens: counted.generated }))
if (process.send) process.on('disconnect', () => process.exit(0))
