import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { makeKey, openAi, openTestGateway, publish, type TestGateway } from '../../../../../tests/support/models.ts'

let gateway: TestGateway
let colleague: Client

beforeAll(async () => {
  gateway = await openTestGateway()
  const { house, tenants } = gateway
  colleague = await house.signedIn(await house.person(tenants.acme.tenant, 'colleague', 'Tenant User'))
})
afterAll(async () => {
  await gateway?.house.close()
  await gateway?.fake.close()
})

const namesOf = async (client: Client, query: object = {}) =>
  (await client.ask(contract.listModelKeys, { query })).body.items.map(({ name }: contract.ModelKey) => name)
const revoke = (client: Client, id: string) => client.ask(contract.revokeModelKey, { params: { id } })

test('a key is seen and revoked by its owner and by whoever looks after everybody’s, and by nobody else', async () => {
  const { house, admin, user } = gateway
  const mine = await makeKey(user, { name: 'of uma' })
  expect(await namesOf(colleague)).toEqual([])
  expect((await colleague.ask(contract.listModelKeys, { query: { whose: 'all' } })).body.missing).toEqual([
    'model_key.view_all',
  ])
  expect((await revoke(colleague, mine.id)).body.code).toBe('not_found')
  expect((await openAi(house.url, mine.secret).models.list()).data).toHaveLength(1)

  for (const q of ['of uma', 'uma', 'last UMA']) expect(await namesOf(admin, { whose: 'all', q })).toContain('of uma')
  expect(await namesOf(admin, { whose: 'all', q: 'last umas' })).toEqual([])
  expect((await revoke(admin, mine.id)).body).toMatchObject({ state: 'revoked', mine: false })
  expect(await namesOf(user, { q: 'of uma' })).toEqual([])
  expect(await namesOf(user, { q: 'of uma', ended: 'yes' })).toEqual(['of uma'])
  const record = await admin.ask(contract.listAuditEntries, { query: { action: 'model_key.revoked' } })
  expect(record.body.items).toMatchObject([{ actor: { name: 'ada' }, details: { owner: 'uma' } }])
  expect(record.text).not.toContain(mine.secret)
})

test('whoever looks after everybody’s keys and may make none of their own still cannot act as another', async () => {
  const { house, tenants, user } = gateway
  await house.role(tenants.acme.tenant, 'Key Keeper', ['model_key.view_all', 'model_key.revoke_all'])
  const keeper = await house.signedIn(await house.person(tenants.acme.tenant, 'keeper', 'Key Keeper'))
  const theirs = await makeKey(user, { name: 'to be kept' })
  expect((await keeper.ask(contract.createModelKey, { body: { name: 'x' } })).body.missing).toEqual([
    'model_key.create_own',
  ])
  expect((await keeper.ask(contract.listModelKeys, { query: { whose: 'all' } })).text).not.toContain(theirs.secret)
  expect((await revoke(keeper, theirs.id)).body.state).toBe('revoked')
})

test('a key is made for models that one may use, and for no others', async () => {
  const { admin, user, tenants, fake } = gateway
  const roleIds = [tenants.acme.tenant.roles.get('Tenant Admin') ?? '']
  const ofAdmins = await publish(admin, fake.url, { name: 'of-admins', roleIds })
  const refused = await user.ask(contract.createModelKey, { body: { name: 'x', modelIds: [ofAdmins.id] } })
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/modelIds'])
  expect((await makeKey(admin, { modelIds: [ofAdmins.id] })).secret).toMatch(/^tk_/)
})

test('one person has so many keys, and those that ended do not count', async () => {
  const person = colleague
  const made = []
  for (let n = 0; n < 100; n += 1) made.push(await makeKey(person, { name: `number ${n}` }))
  const refused = await person.ask(contract.createModelKey, { body: { name: 'one more' } })
  expect(refused.body.code).toBe('too_many_keys')
  await revoke(person, made[0]?.id ?? '')
  expect((await makeKey(person, { name: 'one more' })).secret).toMatch(/^tk_/)
  const pages: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { body } = await person.ask(contract.listModelKeys, { query: { limit: 40, ...(cursor && { cursor }) } })
    pages.push(...body.items.map(({ name }: contract.ModelKey) => name))
    if (body.next === null) break
    cursor = body.next
  }
  expect(pages).toEqual(['one more', ...Array.from({ length: 99 }, (_, n) => `number ${99 - n}`)])
})

test('a key is somebody’s by name, and by user name alone once they are deleted', async () => {
  const { house, tenants, admin } = gateway
  const leaver = await house.person(tenants.acme.tenant, 'leaver', 'Tenant User')
  await house.person(tenants.globex.tenant, 'leaver', 'Tenant User')
  await makeKey(await house.signedIn(leaver), { name: 'left behind' })
  const owners = async (q: string) =>
    (await admin.ask(contract.listModelKeys, { query: { whose: 'all', q } })).body.items.map(
      ({ owner }: contract.ModelKey) => owner,
    )
  const named = { id: leaver.id, username: 'leaver', name: 'First leaver Last leaver' }
  expect(await owners('last leaver')).toEqual([named])
  await admin.ask(contract.deleteUser, { params: { id: leaver.id } })
  expect(await owners('last leaver')).toEqual([])
  expect(await owners('leaver')).toEqual([{ ...named, name: null }])
})
