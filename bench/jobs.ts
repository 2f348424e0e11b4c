// Jobs: 50,000 of one tenant on a made-up engine (--quick: 5,000). Their lists, a reading in which 100 changed, how soon
// what was submitted is listed, and how soon a change at the engine is on an open page.
import { get } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Job } from '@tenantry/contract'
import { connectEngine } from '../packages/server/src/features/engines/actions.ts'
import { allocate } from '../packages/server/src/features/engines/allocations.ts'
import { type Kept, keepShare, recallShare } from '../packages/server/src/features/resources/keep-share.ts'
import { operator } from '../packages/server/src/platform/access/actor.ts'
import { writeCursor } from '../packages/server/src/platform/http/cursor.ts'
import { openBenchDatabase } from './lib/database.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { ask, measure, percentiles } from './lib/load.ts'
import { changed, madeUpJobs } from './lib/made-up-jobs.ts'
import { ms, printReport, rate, report } from './lib/report.ts'
import { startServer } from './lib/server.ts'

const quick = process.argv.includes('--quick')
const count = quick ? 5_000 : 50_000
const seconds = Number(process.env.SECONDS_EACH ?? (quick ? 1 : 5))
const turns = quick ? 5 : 20
const size = count.toLocaleString('en')

process.env.SECRET_KEY = Buffer.alloc(32, 1).toString('base64')
process.env.ENGINE_ADDRESSES = '127.0.0.1'
process.env.BENCH_JOBS = String(count)
const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const platform = await deps.database.asSystem('the bench looks its platform up', (tx) =>
  tx.read<{ id: string }>(`select id from tenants where kind = 'platform'`, []),
)
const actor = operator(platform[0]?.id as string)
const credential = { type: 'slurm_token' as const, user: 'slurm', token: 'a token of the bench' }
const at = { kind: 'slurm' as const, address: 'http://127.0.0.1:9', ca: null, credential }
const engine = await connectEngine(deps, actor, { ...at, name: 'bench' })
const tenant = await addTenant(deps, 'big')
await addPerson(deps, tenant, 'boss', 'Tenant Admin')
await addPerson(deps, tenant, 'user', 'Tenant User')
const scope = { kind: 'slurm' as const, accounts: ['big'], partitions: ['gpu'], prefix: null }
const quota = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }
await allocate(deps, actor, { tenantId: tenant.id, engineId: engine.id, scope, quota })

const server = await startServer(database.connection)
const { port } = server
const cookies = { boss: await signIn(port, 'big', 'boss'), user: await signIn(port, 'big', 'user') }
type Page = { items: Job[]; next: string | null; total: number }
const list = async (query: string, who: keyof typeof cookies = 'boss'): Promise<Page> => {
  const { status, body } = await ask({ port, path: `/api/v1/jobs?${query}`, headers: { cookie: cookies[who] } })
  if (status !== 200) throw new Error(`${query} answered ${status}: ${body}`)
  return JSON.parse(body)
}
const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time))

const begun = performance.now()
while ((await list('whose=all&limit=1')).total < Math.min(10_001, count / 2)) await pause(50)
report({
  what: `first reading: ${size} jobs stored, beginning with nothing`,
  measured: ms(performance.now() - begun),
  bar: '–',
  holds: null,
})
// As it is a little later: autovacuum comes by once a minute.
await deps.database.pool.query('vacuum analyze engine_jobs').catch(() => {})

async function measured(what: string, queries: string[], who: keyof typeof cookies = 'boss'): Promise<void> {
  const { p50, p95, perSecond } = await measure(4, seconds, (turn) =>
    list(queries[turn % queries.length] as string, who),
  )
  report({
    what: `${what}, 4 clients`,
    measured: `p50 ${ms(p50)}, p95 ${ms(p95)}, ${rate(perSecond)}`,
    bar: 'p95 ≤ 30 ms',
    holds: p95 <= 30,
  })
}
const everybody = 'limit=50&whose=all'
await measured('list of 50, everybody’s, first page', [everybody])
await measured('list of 50, one’s own', ['limit=50', 'limit=50&state=failed', 'limit=50&q=train'], 'user')
const from = new Date(Date.UTC(2026, 10, 1)).getTime()
const deep = Array.from({ length: 50 }, (_, index) => {
  const key = new Date(from - (count / 50) * index * 60_000).toISOString()
  return `${everybody}&cursor=${writeCursor('jobs all -submitted', [key, engine.id], false)}`
})
await measured('list of 50, anywhere in it', deep)
await measured(
  'list of 50, each order',
  ['submitted', 'name', '-name'].map((sort) => `${everybody}&sort=${sort}`),
)
await measured('list of 50, filtered', [
  `${everybody}&state=failed`,
  `${everybody}&state=running,pending`,
  `${everybody}&state=unknown,degraded,starting`,
  `${everybody}&state=stopped&engine=${engine.id}&sort=name`,
])
await measured(
  'search, common',
  ['q=train', 'q=model', 'q=person3'].map((q) => `${everybody}&${q}`),
)
await measured(
  'search, rare or nothing',
  ['q=model%20976', 'q=nothing', 'q=49999'].map((q) => `${everybody}&${q}`),
)

/** An open page, and when it heard last that jobs changed. */
const page = { heard: () => {} }
await new Promise<void>((opened) => {
  get(
    { host: '127.0.0.1', port, path: '/api/v1/dashboard/events', headers: { cookie: cookies.user }, agent: false },
    (response) => {
      response.setEncoding('utf8').on('data', (text: string) => {
        opened()
        if (text.includes('event: jobs')) page.heard()
      })
    },
  )
})
const times: number[] = []
for (let round = 1; round <= turns; round += 1) {
  const since = performance.now()
  const heard = new Promise<void>((done) => {
    page.heard = done
  })
  await server.tell({ changeJobs: 1, round })
  await heard
  times.push(performance.now() - since)
}
report({
  what: `one of ${size} jobs changes at the engine → an open page hears of it, ${turns} changes`,
  measured: `p50 ${ms(percentiles(times).p50)}, longest ${ms(Math.max(...times))}`,
  bar: '≤ 1 s with the readings between',
  holds: Math.max(...times) <= 1_000 + 1_000,
})

const visible: number[] = []
for (let turn = 0; turn < turns; turn += 1) {
  const body = {
    engineId: engine.id,
    name: `bench ${turn}`,
    script: '#!/bin/sh',
    where: 'gpu',
    cpus: 1,
    memoryMiB: 1,
    minutes: 1,
  }
  const since = performance.now()
  const answer = await ask({ port, method: 'POST', path: '/api/v1/jobs', body, headers: { cookie: cookies.user } })
  if (answer.status !== 201) throw new Error(`submitting answered ${answer.status}: ${answer.body}`)
  const { id } = JSON.parse(answer.body) as Job
  while (!(await list('limit=10', 'user')).items.some((job) => job.id === id)) await pause(5)
  visible.push(performance.now() - since)
}
report({
  what: `submit → listed, ${turns} jobs`,
  measured: `p50 ${ms(percentiles(visible).p50)}, longest ${ms(Math.max(...visible))}`,
  bar: '–',
  holds: null,
})
await server.reset()
await pause(quick ? 2_000 : 10_000)
const { p99, max, rss } = await server.state()
report({
  what: `the server while it reads ${size} jobs again and again`,
  measured: `loop held up p99 ${ms(p99)}, longest ${ms(max)}; ${Math.round(rss / 2 ** 20)} MiB`,
  bar: '–',
  holds: null,
})
await server.stop()

// The same reading without the rest of the server: what it costs by itself.
const where = { tenantId: tenant.id, engineId: engine.id, prefix: '' }
const jobs = madeUpJobs(count)
let kept: Kept = await keepShare(deps.database, where, { resources: [], jobs }, await recallShare(deps.database, where))
const readings: { none: number[]; some: number[]; held: number[] } = { none: [], some: [], held: [] }
for (let round = 1; round <= turns; round += 1) {
  const loop = monitorEventLoopDelay({ resolution: 1 })
  const take = async (next: typeof jobs) => {
    const since = performance.now()
    kept = await keepShare(deps.database, where, { resources: [], jobs: next }, kept)
    return performance.now() - since
  }
  const next = changed(jobs, 100, round)
  loop.enable()
  readings.some.push(await take(next))
  loop.disable()
  readings.held.push(loop.max / 1e6)
  readings.none.push(await take([...next]))
}
const some = percentiles(readings.some)
report({
  what: `a reading of ${size} jobs in which 100 changed`,
  measured: `p50 ${ms(some.p50)}, p95 ${ms(some.p95)}; loop held up ${ms(percentiles(readings.held).p50)}, longest ${ms(Math.max(...readings.held))}`,
  bar: 'loop held up ≤ 50 ms',
  compared: `in which none changed: p50 ${ms(percentiles(readings.none).p50)}`,
  holds: percentiles(readings.held).p50 <= 50,
})
printReport('jobs', database)
await deps.database.close()
await database.close()
process.exit(0)
