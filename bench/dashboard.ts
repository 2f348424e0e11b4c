// The dashboard's overview, how soon a change at an engine is on an open page, and how often the engine is asked for it:
// 100 tenants with 20,000 resources on one Slurm, 500 pages open (--quick: 20 tenants, 2,000 resources, 100 pages).
import { get } from 'node:http'
import { connectEngine } from '../packages/server/src/features/engines/actions.ts'
import { allocate } from '../packages/server/src/features/engines/allocations.ts'
import { operator } from '../packages/server/src/platform/access/actor.ts'
import { fakeSlurm, startFake } from '../tests/support/fake-engines.ts'
import { openBenchDatabase } from './lib/database.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { ask, measure, percentiles } from './lib/load.ts'
import { ms, printReport, rate, report } from './lib/report.ts'
import { startServer } from './lib/server.ts'

const quick = process.argv.includes('--quick')
const size = quick ? { tenants: 20, nodes: 100, pages: 100 } : { tenants: 100, nodes: 200, pages: 500 }
const seconds = Number(process.env.SECONDS_EACH ?? (quick ? 1 : 5))
const changes = quick ? 10 : 40

process.env.SECRET_KEY = Buffer.alloc(32, 1).toString('base64')
process.env.ENGINE_ADDRESSES = '127.0.0.1'
const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const platform = await deps.database.asSystem('the bench looks its platform up', (tx) =>
  tx.read<{ id: string }>(`select id from tenants where kind = 'platform'`, []),
)
const actor = operator(platform[0]?.id as string)

const slugs = Array.from({ length: size.tenants }, (_, index) => `tenant-${index}`)
const cluster = {
  nodes: slugs.flatMap((slug) =>
    Array.from({ length: size.nodes }, (_, index) => ({
      name: `${slug}-n${index}`,
      gpus: 8,
      used: 0,
      state: index % 50 === 7 ? 'down' : 'idle',
      partitions: [slug],
    })),
  ),
  jobs: slugs.map((account, id) => ({ id, user: 'user', account, node: `${account}-n0`, gpus: 0, state: 'RUNNING' })),
}
const peer = await startFake(fakeSlurm(() => cluster))
const engine = await connectEngine(deps, actor, {
  kind: 'slurm',
  name: 'bench',
  address: peer.address,
  ca: null,
  credential: { type: 'slurm_token', user: 'slurm', token: 'a token of the bench' },
})
for (const slug of slugs) {
  const tenant = await addTenant(deps, slug)
  await addPerson(deps, tenant, 'user', 'Tenant User')
  const scope = { kind: 'slurm' as const, accounts: [slug], partitions: [slug], prefix: null }
  const quota = { gpus: [{ model: 'h100', count: 64 }], cpus: null, memoryMiB: null, storageGiB: null }
  await allocate(deps, actor, { tenantId: tenant.id, engineId: engine.id, scope, quota })
}
const server = await startServer(database.connection)
const { port } = server
const cookies: string[] = []
for (const slug of slugs) cookies.push(await signIn(port, slug, 'user'))
const overview = (cookie: string) => ask({ port, path: '/api/v1/dashboard/overview', headers: { cookie } })
const count = async () => JSON.parse((await overview(cookies.at(-1) as string)).body).cards.at(-1).count
const begun = performance.now()
while ((await count()) !== size.nodes) await new Promise((resolve) => setTimeout(resolve, 100))
const total = (size.tenants * size.nodes).toLocaleString('en')
process.stderr.write(
  `${total} resources were read and stored in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`,
)

const cookieOf = (turn: number) => cookies[turn % cookies.length] as string
const read = await measure(8, seconds, async (turn) => {
  const { status } = await overview(cookieOf(turn))
  if (status !== 200) throw new Error(`the overview answered ${status}`)
})
const me = await measure(8, seconds, (turn) =>
  ask({ port, path: '/api/v1/session', headers: { cookie: cookieOf(turn) } }),
)
report({
  what: `overview, ${size.tenants} tenants, ${total} resources, 8 clients`,
  measured: `p50 ${ms(read.p50)}, p95 ${ms(read.p95)}, ${rate(read.perSecond)}`,
  bar: 'p95 ≤ 60 ms',
  compared: `who am I: p95 ${ms(me.p95)}, ${rate(me.perSecond)}`,
  holds: read.p95 <= 60,
})
const list = await measure(8, seconds, (turn) =>
  ask({ port, path: '/api/v1/slurm?sort=-gpus&state=failed,running', headers: { cookie: cookieOf(turn) } }),
)
report({
  what: 'a list of 50 nodes, filtered and sorted',
  measured: `p95 ${ms(list.p95)}, ${rate(list.perSecond)}`,
  bar: '–',
  holds: null,
})

type Page = { tenant: number; hear: ((text: string) => void) | null }
const pages: Page[] = []
function openPage(tenant: number): Promise<void> {
  const page: Page = { tenant, hear: null }
  pages.push(page)
  return new Promise((opened, failed) => {
    get(
      {
        host: '127.0.0.1',
        port,
        path: '/api/v1/dashboard/events',
        headers: { cookie: cookies[tenant] as string },
        agent: false,
      },
      (response) => {
        if (response.statusCode !== 200) return failed(new Error(`events answered ${response.statusCode}`))
        let rest = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          const events = (rest + chunk).split('\n\n')
          rest = events.pop() ?? ''
          for (const event of events) {
            if (!event.startsWith('event: overview')) continue
            opened()
            page.hear?.(event)
          }
        })
      },
    ).on('error', failed)
  })
}

async function callsPerSecond(): Promise<number> {
  const before = peer.asked('/slurm/v0.0.38/nodes')
  const since = performance.now()
  await new Promise((resolve) => setTimeout(resolve, quick ? 5_000 : 20_000))
  return (peer.asked('/slurm/v0.0.38/nodes') - before) / ((performance.now() - since) / 1000)
}

await openPage(0)
const withOne = await callsPerSecond()
for (let index = 1; index < size.pages; index += 1) await openPage(index % size.tenants)
const memory = (await server.state()).rss
const withAll = await callsPerSecond()
report({
  what: `readings of the engine, 1 page → ${size.pages} pages`,
  measured: `${withOne.toFixed(2)}/s → ${withAll.toFixed(2)}/s`,
  bar: 'independent of pages',
  holds: withAll <= withOne * 1.25 + 0.2,
})
report({
  what: `memory of the server with ${size.pages} pages open`,
  measured: `${Math.round(memory / 2 ** 20)} MiB`,
  bar: '≤ 250 MiB with 100 pages',
  holds: memory / 2 ** 20 <= 250,
})

const first: number[] = []
const last: number[] = []
for (let turn = 0; turn < changes; turn += 1) {
  const tenant = turn % size.tenants
  const watching = pages.filter((page) => page.tenant === tenant)
  const job = cluster.jobs[tenant] as (typeof cluster.jobs)[number]
  job.gpus = (job.gpus % 8) + 1
  const node = cluster.nodes[tenant * size.nodes] as (typeof cluster.nodes)[number]
  Object.assign(node, { used: job.gpus, state: 'mixed' })
  const since = performance.now()
  const times: number[] = []
  await Promise.all(
    watching.map(
      (page) =>
        new Promise<void>((heard) => {
          page.hear = (text) => {
            if (!text.includes(`"used":${job.gpus}`)) return
            times.push(performance.now() - since)
            page.hear = null
            heard()
          }
        }),
    ),
  )
  first.push(Math.min(...times))
  last.push(Math.max(...times))
}
const worst = Math.max(...last)
report({
  what: `change at the engine → the last open page of its tenant, ${size.pages} pages open, ${changes} changes`,
  measured: `p50 ${ms(percentiles(last).p50)}, longest ${ms(worst)}`,
  bar: '≤ 1 s',
  compared: `to the first page: p50 ${ms(percentiles(first).p50)}`,
  holds: worst <= 1_000,
})

// Everybody's card changes at once: every page hears.
for (const [index, job] of cluster.jobs.entries()) {
  job.gpus = 7
  Object.assign(cluster.nodes[index * size.nodes] as object, { used: 7 })
}
const since = performance.now()
await Promise.all(
  pages.map(
    (page) =>
      new Promise<void>((heard) => {
        page.hear = (text) => text.includes('"used":7') && heard()
      }),
  ),
)
report({
  what: `the same in all ${size.tenants} tenants at once → the last of ${size.pages} pages`,
  measured: ms(performance.now() - since),
  bar: '–',
  holds: null,
})
printReport('dashboard', database)
await server.stop()
await peer.close()
await deps.database.close()
await database.close()
process.exit(0)
