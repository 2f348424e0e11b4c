// Models through the gateway and the playground beside the endpoint itself: the wait for the first token, processor time per
// token, how soon a stop is there, 200 streams at once, and a key that is revoked meanwhile (--quick: a tenth of it).
import { createModelKey, type NewModel, revokeModelKey } from '@tenantry/contract'
import { openBenchDatabase } from './lib/database.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { ask, percentiles } from './lib/load.ts'
import { cpuOf, memoryOf, startScript } from './lib/processes.ts'
import { ms, printReport, report } from './lib/report.ts'
import { startServer } from './lib/server.ts'
import { expectWhole, openAgent, openStream, readAll, type Way } from './lib/streams.ts'

const quick = process.argv.includes('--quick')
const turns = quick ? 200 : 2_000
const rounds = quick ? 1 : 4
const stops = quick ? 10 : 50
const many = { streams: 200, tokens: quick ? 50 : 300, every: 20 }

process.env.SECRET_KEY = Buffer.alloc(32, 1).toString('base64')
process.env.MODEL_ADDRESSES = '127.0.0.1'
const upstream = await startScript('canned-model.ts')
const pipe = await startScript('piped.ts', { BENCH_UPSTREAM: String(upstream.port) })
const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const tenant = await addTenant(deps, 'acme')
await addPerson(deps, tenant, 'boss', 'Tenant Admin')
const server = await startServer(database.connection)
const cookie = await signIn(server.port, 'acme', 'boss')
const stopAll = async () => {
  for (const each of [server, pipe, upstream]) await each.stop()
  await deps.database.close()
  await database.close()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void stopAll().finally(() => process.exit(1)))
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`)
  void stopAll().finally(() => process.exit(1))
})

async function post<T>(path: string, body?: object): Promise<T> {
  const answer = await ask({ port: server.port, method: 'POST', path, body, headers: { cookie } })
  if (answer.status > 201) throw new Error(`${path} answered ${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body)
}
const noLimits = { requestsPerMinute: null, tokensPerMinute: null, tokensPerMonth: null }
const highLimits = { requestsPerMinute: 1e9, tokensPerMinute: 1e9, tokensPerMonth: 1e9 }
const ids = new Map<string, string>()
async function publish(name: string, more: Partial<NewModel> = {}): Promise<void> {
  const address = `http://127.0.0.1:${upstream.port}/v1`
  const model = { name, title: name, uses: ['chat'], limits: noLimits, address, model: name, ...more }
  const { id } = await post<{ id: string }>('/api/v1/models', model)
  ids.set(name, id)
}
for (const name of ['every-0', 'every-5', 'every-20']) await publish(name)
await publish('limited', { limits: highLimits, model: 'every-0' })
const makeKey = async () => {
  const { key, secret } = await post<{ key: { id: string }; secret: string }>(createModelKey.path, { name: 'bench' })
  return { id: key.id, headers: { authorization: `Bearer ${secret}` } }
}

const messages = [{ role: 'user', content: 'Count, please.' }]
const plain = { path: '/v1/chat/completions', headers: {} }
const bodyOf: Way['body'] = (model, max_tokens) => ({
  ...{ model, messages, max_tokens, temperature: 0, stream: true },
  stream_options: { include_usage: true },
})
const direct: Way = { name: 'direct', port: upstream.port, ...plain, body: bodyOf, agent: openAgent() }
const piped: Way = { ...direct, name: 'a bare pipe of Node', port: pipe.port, agent: openAgent() }
const { headers } = await makeKey()
const gateway: Way = { ...direct, name: 'gateway', port: server.port, headers, agent: openAgent() }
/** Its model is in the path. */
const playground = (model: string): Way => ({
  ...gateway,
  name: 'playground',
  path: `/api/v1/models/${ids.get(model)}/answer`,
  headers: { cookie },
  body: (_model, max_tokens) => ({ messages, parameters: { max_tokens, temperature: 0 } }),
})

const firstTokens = async (way: Way, model: string) => {
  const read = await openStream(way, model, 3).read
  expectWhole(way, read, 3)
  return read.firstToken
}
const fast = playground('every-0')
const times: Record<'direct' | 'gateway' | 'limited' | 'playground', number[]> = {
  direct: [],
  gateway: [],
  limited: [],
  playground: [],
}
for (let turn = -turns / 5; turn < turns; turn += 1) {
  const took = {
    direct: await firstTokens(direct, 'every-0'),
    gateway: await firstTokens(gateway, 'every-0'),
    limited: await firstTokens(gateway, 'limited'),
    playground: await firstTokens(fast, 'every-0'),
  }
  if (turn < 0) continue
  for (const [name, time] of Object.entries(took)) times[name as keyof typeof times].push(time)
}
const base = percentiles(times.direct)
for (const [name, what] of [
  ['gateway', 'the gateway'],
  ['limited', 'the gateway, with limits to hold'],
  ['playground', 'the playground'],
] as const) {
  const { p50, p99 } = percentiles(times[name])
  report({
    what: `time to the first token, added by ${what}`,
    measured: `p50 + ${ms(p50 - base.p50)}, p99 + ${ms(p99 - base.p99)}`,
    bar: 'p50 ≤ 3 ms, p99 ≤ 15 ms',
    compared: `direct: p50 ${ms(base.p50)}, p99 ${ms(base.p99)}`,
    holds: p50 - base.p50 <= 3 && p99 - base.p99 <= 15,
  })
}

// A token every 5 ms in each of 20: every one is a packet of its own, as from a model.
const load = { streams: 20, tokens: 1250 }
const peers: [Way, number][] = [
  [piped, pipe.pid],
  [gateway, server.pid],
  [playground('every-5'), server.pid],
]
const cpu = new Map(peers.map(([{ name }]) => [name, 0]))
for (let round = -1; round < rounds; round += 1) {
  for (const [way, pid] of peers) {
    const before = cpuOf(pid)
    await readAll(way, 'every-5', load.streams, load.tokens)
    if (round >= 0) cpu.set(way.name, (cpu.get(way.name) ?? 0) + cpuOf(pid) - before)
  }
}
const tokens = rounds * load.streams * load.tokens
const perToken = (name: string) => `${((cpu.get(name) ?? Number.NaN) / tokens).toFixed(1)} µs`
for (const name of ['gateway', 'playground']) {
  report({
    what: `processor time per token, ${name}, ${tokens.toLocaleString('en')} tokens in ${load.streams} streams`,
    measured: perToken(name),
    bar: '–',
    compared: `${piped.name}: ${perToken(piped.name)}`,
    holds: null,
  })
}

/** What the endpoint noted: when it was hung up on, and how many connections it was given. */
async function noted(): Promise<{ closed: bigint[]; connections: number }> {
  const { body } = await ask({ port: upstream.port, path: '/noted' })
  const { closed, connections } = JSON.parse(body) as { closed: string[]; connections: number }
  return { closed: closed.map(BigInt), connections }
}
const closedAt = async () => (await noted()).closed
for (const way of [gateway, playground('every-0')]) {
  const { connections } = await noted()
  for (let turn = 0; turn < 100; turn += 1) await firstTokens(way, 'every-0')
  const opened = (await noted()).connections - connections
  report({
    what: `connections to the endpoint for 100 answers one after another, ${way.name}`,
    measured: `${opened}`,
    bar: '≤ 5: they are used again',
    holds: opened <= 5,
  })
}

async function stopping(way: Way): Promise<number[]> {
  const taken: number[] = []
  for (let turn = 0; turn < stops; turn += 1) {
    const before = (await closedAt()).length
    const { begun, read, stop } = openStream(way, 'every-20', 10_000)
    await begun
    const since = process.hrtime.bigint()
    stop()
    const { status } = await read
    const until = performance.now() + 10_000
    let closed = await closedAt()
    for (; closed.length === before && performance.now() < until; closed = await closedAt())
      await new Promise((done) => setTimeout(done, 5))
    if (status !== 200 || closed.length !== before + 1) throw new Error(`${way.name}: the model was not stopped`)
    taken.push(Number((closed.at(-1) as bigint) - since) / 1e6)
  }
  return taken
}
const stopped = { direct: percentiles(await stopping(direct)) }
for (const way of [gateway, playground('every-20')]) {
  const taken = await stopping(way)
  report({
    what: `stop → the endpoint is hung up on, ${way.name}, ${stops} times`,
    measured: `p50 ${ms(percentiles(taken).p50)}, longest ${ms(Math.max(...taken))}`,
    bar: 'longest ≤ 100 ms',
    compared: `direct: p50 ${ms(stopped.direct.p50)}`,
    holds: Math.max(...taken) <= 100,
  })
}

const eachTook = async (way: Way) => {
  const reads = await readAll(way, 'every-20', many.streams, many.tokens)
  return percentiles(reads.map(({ firstToken, lastToken }) => (lastToken - firstToken) / (many.tokens - 1)))
}
const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`
const alone = await eachTook(direct)
const memory = { before: memoryOf(server.pid), peak: 0 }
const watch = setInterval(() => {
  memory.peak = Math.max(memory.peak, memoryOf(server.pid))
}, 50)
const through = await eachTook(gateway)
clearInterval(watch)
await new Promise((done) => setTimeout(done, quick ? 1_000 : 10_000))
report({
  what: `${many.streams} streams at once through the gateway, ${many.tokens} tokens each, one every ${many.every} ms: all whole`,
  measured: `a token every p50 ${ms(through.p50)}, p99 ${ms(through.p99)}; memory ${mib(memory.before)}, at most ${mib(memory.peak)}, ${mib(memoryOf(server.pid))} a little later`,
  bar: '–',
  compared: `direct: p50 ${ms(alone.p50)}, p99 ${ms(alone.p99)}`,
  holds: null,
})

const cuts: number[] = []
for (let turn = 0; turn < (quick ? 3 : 20); turn += 1) {
  const key = await makeKey()
  const way = { ...gateway, headers: key.headers }
  const { begun, read } = openStream(way, 'every-20', 100_000)
  await begun
  const since = performance.now()
  await post(revokeModelKey.path.replace(':id', key.id))
  const late = new Promise<null>((done) => setTimeout(done, 30_000, null).unref())
  const cut = await Promise.race([read, late])
  cuts.push(performance.now() - since)
  const again = await openStream(way, 'every-20', 3).read
  if (!cut || cut.done || !cut.wrong?.includes('error') || again.status !== 401)
    throw new Error(`a revoked key was used on: ${JSON.stringify({ cut, again })}`)
}
report({
  what: `a key is revoked → what it is answered is cut off and it is refused, ${cuts.length} times`,
  measured: `p50 ${ms(percentiles(cuts).p50)}, longest ${ms(Math.max(...cuts))}`,
  bar: 'longest ≤ 1 s',
  holds: Math.max(...cuts) <= 1_000,
})

printReport('playground', database)
await stopAll()
process.exit(0)
