import * as contract from '@tenantry/contract'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openTestHouse, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { openHouse } from '../../house.ts'
import { openLog } from '../../log.ts'
import { operator } from '../../platform/access/actor.ts'
import { readConfig } from '../../platform/config/config.ts'
import type { Deps } from '../../platform/deps.ts'
import { disableUser, enableUser } from './actions.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
/** Another replica, whose death the test arranges. */
let other: Deps
let voice: pg.Client

beforeAll(async () => {
  house = await openTestHouse()
  ;({ acme } = await twoTenants(house))
  other = (await openHouse(readConfig({ LOG_LEVEL: 'error' }), house.connection, openLog('error'))).deps
  voice = new pg.Client(house.connection)
  await voice.connect()
})
afterAll(async () => {
  await voice.end()
  await other.database.close()
  await house.close()
})

const heartbeat = () => voice.query(`select pg_notify('tenantry_rights', '{"heartbeat":"other"}')`)

test('a replica that dies between its commit and its word of it leaves nobody signed in for longer than a second', async () => {
  const client = await house.signedIn(acme.user)
  const who = async () => (await client.ask(contract.getSession)).status
  other.database.tellThrough({ ready: () => true, send: () => {} })
  await vi.waitFor(async () => {
    await heartbeat()
    expect(await who()).toBe(200)
  })
  const begun = performance.now()
  await disableUser(other, operator(acme.tenant.id), acme.user.id)
  await vi.waitFor(async () => expect(await who()).toBe(401), { timeout: 5_000, interval: 10 })
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('a replica without a messenger tells within its transaction', async () => {
  await enableUser(other, operator(acme.tenant.id), acme.user.id)
  const client = await house.signedIn(acme.user)
  const who = async () => (await client.ask(contract.getSession)).status
  expect(await who()).toBe(200)
  other.database.tellThrough(null)
  await disableUser(other, operator(acme.tenant.id), acme.user.id)
  await vi.waitFor(async () => expect(await who()).toBe(401), { timeout: 300, interval: 5 })
})
