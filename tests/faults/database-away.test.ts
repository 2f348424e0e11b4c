import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse } from '../../packages/server/src/house.ts'
import { openLog } from '../../packages/server/src/log.ts'
import { readConfig } from '../../packages/server/src/platform/config/config.ts'
import type { Connection } from '../../packages/server/src/platform/database/database.ts'
import type { Deps } from '../../packages/server/src/platform/deps.ts'
import { buildServer } from '../../packages/server/src/server.ts'
import { openTestHouse, type TestHouse, twoTenants } from '../support/house.ts'

// Seconds without a database; PROOF makes it the 30 that are promised.
const away = process.env.PROOF ? 30 : 3
let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let deps: Deps
let app: Awaited<ReturnType<typeof buildServer>>
let wire: Awaited<ReturnType<typeof openWire>>

/** A wire to the database that can be cut: open connections break, new ones are refused. */
async function openWire(connection: Connection) {
  const sockets = new Set<Socket>()
  let cut = false
  const url = connection.connectionString ? new URL(connection.connectionString) : null
  const to = url
    ? { host: url.hostname, port: Number(url.port || 5432) }
    : String(connection.host).startsWith('/')
      ? { path: `${connection.host}/.s.PGSQL.${connection.port ?? 5432}` }
      : { host: String(connection.host), port: Number(connection.port) }
  const server = createServer((near) => {
    if (cut) return near.destroy()
    const far = connect(to)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    connection: url
      ? { connectionString: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href }
      : { ...connection, host: '127.0.0.1', port },
    cut() {
      cut = true
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      cut = false
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

beforeAll(async () => {
  house = await openTestHouse()
  ;({ acme } = await twoTenants(house))
  wire = await openWire(house.connection)
  const config = readConfig({ RATE_LIMIT: '0', LOG_LEVEL: 'error' })
  deps = (await openHouse(config, wire.connection, openLog('fatal'))).deps
  app = await buildServer({ config, deps, connection: wire.connection, webFolder: null })
})
afterAll(async () => {
  await app.close()
  await deps.database.close()
  await wire.close()
  await house.close()
})

test(`the database away for ${away} s: clear refusals at once, and all is well again without a restart`, async () => {
  const client = await house.signedIn(acme.admin, app)
  const list = () => client.ask(contract.listUsers)
  expect((await list()).status).toBe(200)
  wire.cut()
  const until = performance.now() + away * 1000
  let refused = 0
  while (performance.now() < until) {
    const begun = performance.now()
    const answers = await Promise.all([list(), client.ask(contract.getSession), house.client(app).signIn(acme.user)])
    // What is remembered of a session serves on until the listener knows that it is deaf.
    const deaf = performance.now() > until - (away - 1) * 1000
    for (const { status, body } of deaf ? answers : [answers[0], answers[2]]) {
      expect([status, body?.code, body?.retryAfter > 0]).toEqual([503, 'unavailable', true])
    }
    expect(performance.now() - begun).toBeLessThan(6_000)
    expect((await app.inject('/readyz')).statusCode).toBe(503)
    expect((await app.inject('/healthz')).statusCode).toBe(200)
    refused += answers.length
    await delay(200)
  }
  expect(refused).toBeGreaterThan(10)
  wire.mend()
  const begun = performance.now()
  await expect.poll(async () => (await list()).status, { timeout: 5_000, interval: 50 }).toBe(200)
  process.stdout.write(`  ${refused} refusals; back after ${Math.round(performance.now() - begun)} ms\n`)
  expect((await app.inject('/readyz')).statusCode).toBe(200)
  expect((await house.client(app).signIn(acme.user)).status).toBe(200)
}, 120_000)
