import { createHash } from 'node:crypto'
import * as contract from '@tenantry/contract'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { keepHouse } from '../../housekeeping.ts'
import { operator } from '../../platform/access/actor.ts'
import { audit } from '../../platform/audit/audit.ts'
import { sealTenant } from '../../platform/audit/seal.ts'
import { verifyTenant } from './verify.ts'

let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let admin: Client
const day = 86_400_000

beforeAll(async () => {
  house = await openTestHouse()
  ;({ acme, globex } = await twoTenants(house))
})
beforeEach(async () => {
  admin = await house.signedIn(acme.admin)
})
afterAll(() => house.close())

const list = async (query: Record<string, string> = {}, by = admin): Promise<contract.AuditEntry[]> => {
  const { status, body } = await by.ask(contract.listAuditEntries, { query })
  expect(status).toBe(200)
  return body.items
}
const write = (count: number, tenantId = acme.tenant.id) =>
  house.deps.database.withTenant({ tenantId }, async (tx) => {
    for (let n = 0; n < count; n += 1) audit(tx, operator(tenantId), 'user.exported', { details: { n } })
  })

test('what was done is there with the answer: who, what, to whom, with what result, and what changed', async () => {
  await admin.ask(contract.editUser, {
    params: { id: acme.user.id },
    body: { lastName: 'Changed' },
    headers: { 'if-match': '*', 'user-agent': 'A browser' },
  })
  const [entry] = await list({ limit: '1' })
  expect(entry).toMatchObject({
    action: 'user.updated',
    result: 'success',
    actor: { name: 'ada' },
    target: { kind: 'user', name: 'uma' },
    details: { before: { lastName: 'Last uma' }, after: { lastName: 'Changed' } },
    userAgent: 'A browser',
  })
  const one = await admin.ask(contract.getAuditEntry, { params: { seq: String(entry?.seq) as never } })
  expect(one.body).toEqual(entry)
})

test('it is found by words of names and actions, by actor, action, result and time', async () => {
  const desk = await house.signedIn(acme.desk)
  await desk.ask(contract.resetPassword, { params: { id: acme.admin.id } })
  const refused = await list({ result: 'refused', action: 'user.password_reset' })
  expect(refused).toMatchObject([{ actor: { name: 'desk' }, target: { name: 'ada' }, result: 'refused' }])
  const about = (entry: contract.AuditEntry) => [entry.actor.name, entry.target?.name]
  const byName = await list({ q: 'DES' })
  expect(byName.length).toBeGreaterThan(1)
  for (const entry of byName) expect(about(entry).join(' ').toLowerCase()).toContain('des')
  for (const entry of await list({ q: 'password reset' })) expect(entry.action).toBe('user.password_reset')
  for (const entry of await list({ action: 'sign_in.succeeded,sign_in.refused' }))
    expect(entry.action).toMatch(/^sign_in/)
  for (const entry of await list({ actor: acme.desk.id })) expect(entry.actor.id).toBe(acme.desk.id)
  expect(await list({ q: 'nobody has this name' })).toEqual([])
  const now = Date.now()
  expect(await list({ to: new Date(now - day).toISOString() })).toEqual([])
  expect(await list({ from: new Date(now + day).toISOString() })).toEqual([])
  expect((await list({ from: new Date(now - day).toISOString() })).length).toBeGreaterThan(3)
  const sneaky = await admin.ask(contract.listAuditEntries, { query: { q: "%' or 1=1 --", action: "x','y" } as never })
  expect([sneaky.status, sneaky.body.items]).toEqual([200, []])
})

test('pages lead through all of it, forth and back', async () => {
  await write(25)
  const all = await list({ limit: '200' })
  const seen: number[] = []
  let cursor: string | undefined
  let back: string | null = null
  do {
    const { body } = await admin.ask(contract.listAuditEntries, {
      query: { limit: '7', ...(cursor && { cursor }) } as never,
    })
    seen.push(...body.items.map(({ seq }: contract.AuditEntry) => seq))
    back = body.previous
    cursor = body.next ?? undefined
  } while (cursor)
  expect(seen).toEqual(all.map(({ seq }) => seq))
  const before = await admin.ask(contract.listAuditEntries, { query: { limit: '7', cursor: back ?? '' } as never })
  expect(before.body.items.at(-1).seq).toBe(seen.at(-(seen.length % 7 || 7) - 1))
})

test('the platform reads any tenant’s, a tenant only its own', async () => {
  const platform = await house.signedIn(root)
  const { body } = await platform.ask(contract.listTenantAuditEntries, { params: { id: acme.tenant.id } })
  expect(body.items.length).toBeGreaterThan(5)
  const foreign = await admin.ask(contract.listTenantAuditEntries, { params: { id: globex.tenant.id } })
  expect(foreign.status).toBe(403)
})

test('exports as CSV and as lines, whose chain can be verified from the file alone', async () => {
  const csv = await admin.ask(contract.exportAuditEntries, { query: { action: 'user.exported' } })
  expect(csv.text.split('\r\n')[0]).toContain('seq,time,actor,action')
  expect(csv.text.split('\r\n').length).toBeGreaterThan(25)
  const { text, headers } = await admin.ask(contract.exportAuditEntriesAsLines)
  expect(headers['content-type']).toContain('application/jsonl')
  const lines = text
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), raw: line.slice(line.indexOf('"entry":') + 8, -1) }))
    .reverse()
  let last = Buffer.alloc(0)
  for (const [index, { seq, hash, raw, entry }] of lines.entries()) {
    expect([seq, entry.id.length]).toEqual([index + 1, 36])
    last = createHash('sha256').update(last).update(raw).digest()
    expect(hash).toBe(last.toString('hex'))
  }
  expect((await list({ limit: '1' }))[0]?.action).toBe('audit.exported')
})

test('many writers and several sealers leave one chain without a gap, in which nothing is lost', async () => {
  const before = (await verifyTenant(house.deps.database, globex.tenant.id)).entries
  const writers = Array.from({ length: 40 }, () => write(5, globex.tenant.id))
  const sealers = Array.from({ length: 20 }, () => sealTenant(house.deps.database, globex.tenant.id))
  await Promise.all([...writers, ...sealers])
  expect(await verifyTenant(house.deps.database, globex.tenant.id)).toEqual({ entries: before + 200, broken: null })
})

test('a new month is made room for when its first entry comes, whoever comes first', async () => {
  house.clock.forward(40 * day)
  await write(1)
  const { database } = house.deps
  const tenants = [acme, globex].map(({ tenant }) => tenant.id)
  await write(1, globex.tenant.id)
  await Promise.all([...tenants, ...tenants, ...tenants].map((id) => sealTenant(database, id)))
  house.clock.forward(-40 * day)
  expect((await verifyTenant(house.deps.database, acme.tenant.id)).broken).toBe(null)
})

test('old months are let go where that is wanted, and the rest of the chain is verified from there', async () => {
  const tenant = await house.tenant('longlived')
  const { database } = house.deps
  house.clock.forward(-200 * day)
  await write(5, tenant.id)
  await sealTenant(database, tenant.id)
  house.clock.forward(200 * day)
  await write(3, tenant.id)
  const before = await verifyTenant(database, tenant.id)
  expect(before.broken).toBe(null)
  await keepHouse(database, { auditMonths: 12 })
  expect(await verifyTenant(database, tenant.id)).toEqual(before)
  await keepHouse(database, { auditMonths: 3 })
  expect(await verifyTenant(database, tenant.id)).toEqual({ entries: 3, broken: null })
  const now = new Date()
  const month = `${now.getUTCFullYear()}_${String(now.getUTCMonth() + 1).padStart(2, '0')}`
  const early = database.asSystem('a test', (tx) => tx.read('select let_go_audit_month($1)', [month]))
  await expect(early).rejects.toThrow('is not let go')
})

test('verification names the first entry that was changed, taken out, or put in behind its back', async () => {
  const { database } = house.deps
  // As whoever owns the tables, past trigger and wall.
  const owner = new pg.Client(house.connection)
  await owner.connect()
  const tables = (
    await owner.query(`select relname from pg_class where relkind in ('r', 'p') and relname ~ '^audit_entries(_|$)'`)
  ).rows
  const each = async (command: string) => {
    for (const { relname } of tables) await owner.query(`alter table ${relname} ${command}`)
  }
  await each('disable trigger append_only')
  await each('no force row level security')
  await each('disable row level security')
  expect((await verifyTenant(database, acme.tenant.id)).broken).toBe(null)
  const mine = [acme.tenant.id]
  await owner.query(
    `update audit_entries set entry = jsonb_set(entry, '{actor,name}', '"eve"') where tenant_id = $1 and seq = 5`,
    mine,
  )
  expect(await verifyTenant(database, acme.tenant.id)).toMatchObject({
    entries: 4,
    broken: { seq: 5, why: expect.stringContaining('hash') },
  })
  await owner.query(`delete from audit_entries where tenant_id = $1 and seq = 4`, [acme.tenant.id])
  expect(await verifyTenant(database, acme.tenant.id)).toMatchObject({
    entries: 3,
    broken: { seq: 4, why: 'it is missing' },
  })
  await owner.query(`update audit_entries set action = 'user.created' where tenant_id = $1 and seq = 2`, [
    acme.tenant.id,
  ])
  expect(await verifyTenant(database, acme.tenant.id)).toMatchObject({ entries: 1, broken: { seq: 2 } })
  await owner.query(
    `delete from audit_entries where tenant_id = $1 and seq = (select max(seq) from audit_entries where tenant_id = $1)`,
    [globex.tenant.id],
  )
  expect((await verifyTenant(database, globex.tenant.id)).broken?.why).toBe('it is missing')
  await owner.end()
})
