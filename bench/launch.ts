// The quota race: 2,000 launches at once for 64 GPUs, over two replicas, from people of one tenant (--quick: 400 for 16).
import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import type * as contract from '@tenantry/contract'
import { connectEngine } from '../packages/server/src/features/engines/actions.ts'
import { allocate } from '../packages/server/src/features/engines/allocations.ts'
import { openHouse } from '../packages/server/src/house.ts'
import { openLog } from '../packages/server/src/log.ts'
import { operator } from '../packages/server/src/platform/access/actor.ts'
import { readConfig } from '../packages/server/src/platform/config/config.ts'
import { buildServer } from '../packages/server/src/server.ts'
import { fakeSlurm, startFake } from '../tests/support/fake-engines.ts'
import { openFakeHost } from '../tests/support/fake-host.ts'
import { openBenchDatabase } from './lib/database.ts'
import { addPerson, addTenant, openBenchHouse, signIn } from './lib/house.ts'
import { ask, percentiles } from './lib/load.ts'
import { ms, printReport, rate, report } from './lib/report.ts'

const quick = process.argv.includes('--quick')
const size = quick ? { launches: 400, gpus: 16 } : { launches: 2_000, gpus: 64 }
const people = 20

process.env.SECRET_KEY = Buffer.alloc(32, 1).toString('base64')
process.env.ENGINE_ADDRESSES = '127.0.0.1'
const database = await openBenchDatabase()
const deps = await openBenchHouse(database.connection)
const [platform] = await deps.database.asSystem('the bench looks its platform up', (tx) =>
  tx.read<{ id: string }>(`select id from tenants where kind = 'platform'`, []),
)
const actor = operator(platform?.id as string)
const nodes = Array.from({ length: 16 }, (_, index) => ({
  name: `gpu${index}`,
  gpus: 8,
  used: 0,
  state: 'idle',
  partitions: ['acme'],
}))
const peer = await startFake(fakeSlurm(() => ({ nodes, jobs: [] })))
const engine = await connectEngine(deps, actor, {
  kind: 'slurm',
  name: 'bench',
  address: peer.address,
  ca: null,
  credential: { type: 'slurm_token', user: 'slurm', token: 'a token of the bench' },
})
const tenant = await addTenant(deps, 'acme')
await addPerson(deps, tenant, 'ada', 'Tenant Admin')
for (let index = 0; index < people; index += 1) await addPerson(deps, tenant, `user${index}`, 'Tenant User')
await allocate(deps, actor, {
  tenantId: tenant.id,
  engineId: engine.id,
  scope: { kind: 'slurm', accounts: ['acme'], partitions: ['acme'], prefix: null },
  quota: { gpus: [{ model: 'h100', count: size.gpus }], cpus: null, memoryMiB: null, storageGiB: null },
})

// None of them comes up: what is measured is what is granted.
const host = await openFakeHost()
host.path = Array.from({ length: 100_000 }, () => 'queued')
const { SECRET_KEY, ENGINE_ADDRESSES } = process.env
const config = readConfig({ SECRET_KEY, ENGINE_ADDRESSES, RATE_LIMIT: '0', LOG_LEVEL: 'error', PORT: '0' })
const log = openLog('error')
const replicas = await Promise.all(
  [0, 1].map(async () => {
    const house = (await openHouse(config, database.connection, log)).deps
    const app = await buildServer({
      config,
      deps: house,
      connection: database.connection,
      webFolder: null,
      open: host.open,
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { app, house, port: (app.server.address() as AddressInfo).port }
  }),
)
const ports = replicas.map(({ port }) => port)
const portOf = (turn: number) => ports[turn % ports.length] as number
const admin = await signIn(portOf(0), 'acme', 'ada')
const cookies: string[] = []
for (let index = 0; index < people; index += 1) cookies.push(await signIn(portOf(index), 'acme', `user${index}`))
// A connection for each: all of them are really there at once.
const everybody = new Agent({ keepAlive: true })
const post = (port: number, path: string, cookie: string, body: unknown) =>
  ask({ port, method: 'POST', path: `/api/v1${path}`, headers: { cookie }, body, through: everybody })
const made = await post(portOf(0), '/workspace-templates', admin, {
  name: 'Jupyter',
  engineId: engine.id,
  placement: { where: 'acme', account: 'acme' },
  profiles: [
    { id: 'gpu', name: '1 × h100', cpus: 1, memoryMiB: 1024, accelerator: { kind: 'gpu', model: 'h100', count: 1 } },
  ],
  limits: { cpus: 4, memoryMiB: 4096, volumeGiB: 0, idleMinutes: null },
})
if (made.status !== 201) throw new Error(`the template was answered ${made.status} ${made.body}`)
const templateId = JSON.parse(made.body).id
const choices = async () => {
  const { body } = await ask({
    port: portOf(0),
    path: '/api/v1/workspaces/choices',
    headers: { cookie: cookies[0] as string },
  })
  return JSON.parse(body).templates[0].bounds as contract.Bound[]
}
while (!(await choices()).some(({ of }) => of === 'engine')) await new Promise((done) => setTimeout(done, 100))

const times: number[] = []
const before = performance.now()
const answers = await Promise.all(
  Array.from({ length: size.launches }, async (_, turn) => {
    const begun = performance.now()
    const answer = await post(portOf(turn), '/workspaces', cookies[turn % people] as string, {
      name: `notebook ${turn}`,
      templateId,
      profileId: 'gpu',
      cpus: 1,
      memoryMiB: 1024,
    })
    times.push(performance.now() - begun)
    return answer
  }),
)
const took = performance.now() - before
const granted = answers.filter(({ status }) => status === 201).length
const refused = answers.filter(({ status, body }) => status === 409 && JSON.parse(body).code === 'exceeds_quota').length
const { p50, p95 } = percentiles(times)
report({
  what: `${size.launches.toLocaleString('en')} launches at once for ${size.gpus} GPUs, two replicas, ${people} people`,
  measured: `${granted} granted, ${refused} refused with the reason, ${size.launches - granted - refused} otherwise`,
  bar: `exactly ${size.gpus}, the rest refused`,
  holds: granted === size.gpus && granted + refused === size.launches,
})
report({
  what: 'all of them answered',
  measured: `${(took / 1000).toFixed(1)} s (${rate((size.launches * 1000) / took)}), each p50 ${ms(p50)}, p95 ${ms(p95)}`,
  bar: 'none',
  holds: null,
})
const held = await deps.database.withTenant({ tenantId: tenant.id }, (tx) =>
  tx.read<{ holds: number; workspaces: number }>(
    'select (select count(*)::int from quota_holds) as holds, (select count(*)::int from workspaces) as workspaces',
    [],
  ),
)
report({
  what: 'left behind by what was refused',
  measured: `${(held[0]?.holds ?? 0) - granted} holds, ${(held[0]?.workspaces ?? 0) - granted} workspaces`,
  bar: 'nothing',
  holds: held[0]?.holds === granted && held[0]?.workspaces === granted,
})
printReport('launch', database)
for (const { app, house } of replicas) {
  await app.close()
  await house.database.close()
}
await deps.database.close()
await peer.close()
await host.close()
await database.close()
process.exit(0)
