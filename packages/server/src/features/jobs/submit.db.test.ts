import * as contract from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs, readJob, readTask, readWaiting, someChoices } from '../../../../../tests/support/made-up-jobs.ts'
import { EngineError } from '../../engines/port.ts'

const made = makeUpJobs()
let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let user: Client
let admin: Client
let platform: Client
let engine: string
let theirs: string

beforeAll(async () => {
  house = await openTestHouse(engineSettings, { open: made.open })
  ;({ acme, globex } = await twoTenants(house))
  platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  const at = (name: string) => ({ kind: 'slurm' as const, name, address: 'http://127.0.0.1:9', credential })
  engine = await connect(platform, at('hpc'))
  theirs = await connect(platform, at('theirs'))
  const quota = { gpus: [{ model: 'h100', count: 8 }], cpus: 128, memoryMiB: null, storageGiB: null }
  await allocateTo(platform, acme.tenant, engine, { kind: 'slurm', accounts: ['acme'], partitions: ['gpu'] }, quota)
  await allocateTo(platform, globex.tenant, theirs, { kind: 'slurm', accounts: ['globex'], partitions: ['gpu'] })
  user = await house.signedIn(acme.user)
  admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
})
afterAll(() => house?.close())
afterEach(() => {
  made.faults.clear()
  made.choices = someChoices
})

const secret = 'hunter2 of the script 51f0'
const value = 'value of the environment 8a41'
const job = (more: object = {}) => ({
  engineId: engine,
  name: 'train',
  script: `#!/bin/bash\necho ${secret}`,
  where: 'gpu',
  cpus: 8,
  memoryMiB: 65_536,
  gpus: { model: 'h100', count: 2 },
  minutes: 60,
  environment: { TOKEN: value },
  ...more,
})
const submit = (client: Client, more: object = {}, headers: Record<string, string> = {}) =>
  client.ask(contract.submitJob, { body: job(more), headers })
const list = async (client: Client, whose: 'mine' | 'all' = 'mine'): Promise<contract.Job[]> =>
  (await client.ask(contract.listJobs, { query: { whose, limit: 200 } })).body.items
const find = async (client: Client, id: string) => (await list(client, 'all')).find((one) => one.id === id)
const submitted = () => made.asked.filter(({ verb }) => verb === 'submit')
const forget = () => {
  made.asked.length = 0
}

describe('to submit', () => {
  test('one is told where, and within which bounds; of an engine that does not tell, why', async () => {
    const { body } = await user.ask(contract.listJobChoices)
    expect(body.engines).toEqual([
      { engineId: engine, engine: 'hpc', engineKind: 'slurm', choices: someChoices, reason: null },
    ])
    made.faults.set('choices', { error: new EngineError('unreachable', 'Nothing listens there.') })
    const { body: kept } = await user.ask(contract.listJobChoices)
    expect(kept.engines[0].choices).not.toBe(null)
    // Nobody else is told what one was.
    const { body: failing } = await admin.ask(contract.listJobChoices)
    expect(failing.engines).toEqual([
      { engineId: engine, engine: 'hpc', engineKind: 'slurm', choices: null, reason: 'Nothing listens there.' },
    ])
  })

  test('the engine takes it as its person, and it is listed at once, then as the engine tells of it', async () => {
    forget()
    const { status, body } = await submit(user)
    expect([status, body.state, body.mine, body.script]).toEqual([201, 'pending', true, job().script])
    expect(submitted()).toMatchObject([
      { person: { username: 'uma', tenant: 'acme', mayUse: true }, job: { account: 'acme', qos: 'normal', nodes: 1 } },
    ])
    const native = submitted()[0]?.nativeId as string
    expect((await list(user))[0]).toMatchObject({ id: body.id, nativeId: native, state: 'pending', gpus: 2 })
    made.jobs.set('acme', [readJob(native, { name: 'train', nodes: ['gpu7'] })])
    const listed = await until(
      () => find(admin, body.id),
      (one) => one?.state === 'running',
    )
    expect(listed).toMatchObject({ nodes: ['gpu7'], owner: 'uma', can: { resubmit: false } })
    const detail = await user.ask(contract.getJob, { params: { id: body.id } })
    expect(detail.body.submitted).toMatchObject({ script: job().script, environment: { TOKEN: value }, qos: 'normal' })
  })

  test('is on record, without the script and the values of the environment', async () => {
    await submit(user, { name: 'recorded' })
    const { body, text } = await admin.ask(contract.listAuditEntries, { query: { limit: 50 } })
    const entry = body.items.find((one: { target?: { name: string } }) => one.target?.name === 'recorded')
    expect(entry).toMatchObject({ action: 'job.submitted', actor: { name: 'uma' }, result: 'success' })
    expect(entry.details).toMatchObject({ environment: ['TOKEN'], where: 'gpu', minutes: 60 })
    expect(text).not.toContain(secret)
    expect(text).not.toContain(value)
  })

  test('what may not be chosen is refused at its field, and what the tenant may not use in a sentence', async () => {
    forget()
    const wrong = await submit(user, { where: 'debug', array: '0-9' })
    expect([wrong.status, wrong.body.code, wrong.body.errors]).toEqual([
      400,
      'invalid_input',
      [{ pointer: '/where', code: 'not_available', detail: 'You may submit to gpu.' }],
    ])
    const nobody = await submit(user, { account: 'globex' })
    expect(nobody.body.errors[0].pointer).toBe('/account')
    const tooMuch = await submit(user, { nodes: 2, gpus: { model: 'h100', count: 5 } })
    expect([tooMuch.status, tooMuch.body.code, tooMuch.body.detail]).toEqual([
      409,
      'exceeds_quota',
      'The tenant may use 8 h100 GPUs of this engine, and this needs 10.',
    ])
    expect(submitted()).toEqual([])
  })

  test('an engine of another tenant is like none, and a guest submits nothing', async () => {
    forget()
    const foreign = await submit(user, { engineId: theirs })
    const absent = await submit(user, { engineId: '01900000-0000-7000-8000-00000000dead' })
    expect([foreign.status, foreign.text]).toEqual([404, absent.text])
    const guest = await house.signedIn(root)
    await guest.ask(contract.enterTenant, { params: { id: acme.tenant.id } })
    expect((await guest.ask(contract.listJobChoices)).body.engines[0]).toMatchObject({
      choices: null,
      reason: expect.stringMatching(/guest/),
    })
    expect((await submit(guest)).body).toMatchObject({ code: 'engine_refused', detail: expect.stringMatching(/guest/) })
    expect(submitted()).toEqual([])
  })

  test('what the engine refuses is told in its words and recorded; where it is away nothing is', async () => {
    const before = (await list(user)).length
    made.faults.set('submit', { error: new EngineError('refused', 'Slurm refused it.', { said: 'Invalid qos.' }) })
    expect((await submit(user, { name: 'refused' })).body).toMatchObject({
      code: 'engine_refused',
      detail: 'Slurm refused it. Invalid qos.',
    })
    const { body, text } = await admin.ask(contract.listAuditEntries, { query: { limit: 5 } })
    expect(body.items[0]).toMatchObject({ action: 'job.submitted', result: 'refused', target: { name: 'refused' } })
    expect(text).not.toContain(value)
    made.faults.set('submit', { error: new EngineError('unreachable', 'Nothing listens there.') })
    expect((await submit(user)).status).toBe(503)
    expect((await list(user)).length).toBe(before)
  })

  test('a repeated Idempotency-Key submits once', async () => {
    forget()
    const first = await submit(user, {}, { 'idempotency-key': 'once' })
    const again = await submit(user, {}, { 'idempotency-key': 'once' })
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id])
    expect(submitted()).toHaveLength(1)
  })

  test('what could not be kept here never reaches the engine', async () => {
    forget()
    for (const value of ['x\u0000y', 'half of \ud83d']) {
      const refused = await submit(user, { environment: { A: value } })
      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [expect.objectContaining({ pointer: '/environment/A' })],
      ])
    }
    expect(submitted()).toEqual([])
  })

  test('an array is one row from the beginning, and its tasks are counted', async () => {
    const { body } = await submit(user, { array: '0-9%2', name: 'sweep' })
    expect(body).toMatchObject({ state: 'pending', array: { total: 10, states: [{ state: 'pending', count: 10 }] } })
    made.jobs.set('acme', [readTask(body.nativeId, 0), readTask(body.nativeId, 1)])
    const begun = await until(
      () => find(admin, body.id),
      (one) => one?.state === 'running',
    )
    expect(begun?.array).toEqual({ task: null, total: 2, states: [{ state: 'running', count: 2 }] })
  })

  test('again what was submitted here by oneself; and nothing else', async () => {
    const { body } = await submit(user, { name: 'again' })
    forget()
    const own = await user.ask(contract.resubmitJob, { params: { id: body.id } })
    expect([own.status, own.body.name, own.body.id === body.id]).toEqual([201, 'again', false])
    // What somebody gave their job is theirs: whoever sees everybody's jobs neither reads nor runs it.
    const others = await admin.ask(contract.resubmitJob, { params: { id: body.id } })
    expect([others.status, others.body.code]).toEqual([409, 'wrong_state'])
    const theirs = await admin.ask(contract.getJob, { params: { id: body.id } })
    expect(theirs.body).toMatchObject({ mine: false, script: null, submitted: null, can: { resubmit: false } })
    expect(submitted().map(({ person }) => person?.username)).toEqual(['uma'])
    made.jobs.set('acme', [readJob('7001')])
    const elsewhere = await until(
      async () => (await list(user)).find(({ nativeId }) => nativeId === '7001'),
      (one) => one !== undefined,
    )
    const refused = await user.ask(contract.resubmitJob, { params: { id: elsewhere?.id ?? '' } })
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong_state'])
  })
})

test('whoever is called as somebody was who is erased reads and runs nothing of what that one submitted', async () => {
  const former = await house.person(acme.tenant, 'former', 'Tenant User')
  await takenIn(admin, former)
  const { body } = await submit(await house.signedIn(former), { name: 'old' })
  expect(body.submitted.script).toContain(secret)
  await house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
    tx.read('delete from users where id = $1 returning 1', [former.id]),
  )
  const later = await house.person(acme.tenant, 'former', 'Tenant User')
  await takenIn(admin, later)
  const client = await house.signedIn(later)
  const seen = await client.ask(contract.getJob, { params: { id: body.id } })
  expect(seen.body).toMatchObject({ mine: true, script: null, submitted: null, can: { resubmit: false } })
  expect(seen.text).not.toContain(value)
  const again = await client.ask(contract.resubmitJob, { params: { id: body.id } })
  expect([again.status, again.body.code]).toEqual([409, 'wrong_state'])
})

describe('to cancel', () => {
  const there = async (client: Client, nativeId: string) =>
    (await until(
      async () => (await list(client, 'all')).find((one) => one.nativeId === nativeId),
      (one) => one !== undefined,
    )) as contract.Job
  const cancel = (client: Client, id: string) => client.ask(contract.cancelJob, { params: { id } })

  test('one’s own goes as oneself, another’s as the platform; it is stopping at once, and recorded', async () => {
    made.jobs.set('acme', [readJob('8001'), readJob('8002'), readJob('8003', { owner: 'ada' })])
    const [mine, also, adas] = await Promise.all(['8001', '8002', '8003'].map((id) => there(admin, id)))
    forget()
    const own = await cancel(user, mine?.id ?? '')
    expect([own.status, own.body.state, own.body.can.cancel]).toEqual([202, 'stopping', false])
    expect((await cancel(admin, also?.id ?? '')).status).toBe(202)
    expect(made.asked.map(({ verb, nativeId, person }) => [verb, nativeId, person?.username ?? null])).toEqual([
      ['cancel', '8001', 'uma'],
      ['cancel', '8002', null],
    ])
    expect(await find(admin, mine?.id ?? '')).toMatchObject({ state: 'stopping' })
    // A colleague's is not there for whoever may not see it.
    expect((await cancel(user, adas?.id ?? '')).status).toBe(404)
    const entries = (await admin.ask(contract.listAuditEntries, { query: { limit: 20 } })).body.items
    expect(entries.filter(({ action }: { action: string }) => action === 'job.cancelled')).toHaveLength(2)
  })

  test('others’ needs the permission for it, which is named to whoever sees them', async () => {
    await house.role(acme.tenant, 'Watcher', ['job.view_all', 'job.cancel_own'])
    const watcher = await house.signedIn(await house.person(acme.tenant, 'wanda', 'Watcher'))
    made.jobs.set('acme', [readJob('8101')])
    const { id, can } = await there(watcher, '8101')
    const refused = await cancel(watcher, id)
    expect([refused.status, refused.body.missing, can.cancel]).toEqual([403, ['job.cancel_all'], false])
  })

  test('an array goes with all of its tasks, one task alone, and what is over not again', async () => {
    made.jobs.set('acme', [
      readTask('8200', 0),
      readTask('8200', 1),
      readWaiting('8200', '2-3', 2),
      readJob('8201', { state: 'stopped', endReason: 'COMPLETED', endedAt: '2026-11-01T11:00:00.000Z' }),
    ])
    const over = await there(admin, '8201')
    expect((await cancel(user, over.id)).body).toMatchObject({ code: 'wrong_state', detail: 'It is over already.' })
    const array = await there(admin, '8200')
    const tasks = async () =>
      (await user.ask(contract.listJobTasks, { params: { id: array.id } })).body.items as contract.Job[]
    forget()
    const first = (await tasks())[0] as contract.Job
    expect((await cancel(user, first.id)).body).toMatchObject({ nativeId: '8200_0', state: 'stopping' })
    expect((await find(admin, array.id))?.array?.states).toEqual(
      expect.arrayContaining([
        { state: 'running', count: 1 },
        { state: 'stopping', count: 1 },
        { state: 'pending', count: 2 },
      ]),
    )
    const whole = await cancel(user, array.id)
    expect([whole.body.state, whole.body.array.states]).toEqual(['stopping', [{ state: 'stopping', count: 4 }]])
    expect((await tasks()).map(({ state }) => state)).toEqual(['stopping', 'stopping'])
    expect(made.asked.map(({ nativeId }) => nativeId)).toEqual(['8200_0', '8200'])
  })

  test('what the engine refuses is told, and the job stays as it is', async () => {
    made.jobs.set('acme', [readJob('8301')])
    const { id } = await there(admin, '8301')
    made.faults.set('cancel', { error: new EngineError('refused', 'Slurm refused it.') })
    expect((await cancel(user, id)).body.code).toBe('engine_refused')
    expect((await find(admin, id))?.state).toBe('running')
  })
})

test('what was submitted and is listed by no reading becomes unknown, and is not waited for for good', async () => {
  const { body } = await submit(user, { name: 'lost' })
  // Readings begin fifteen seconds later by the clock, and jobs that are missed make it look at once.
  house.clock.forward(20_000)
  made.jobs.set('acme', [readJob('9901')])
  await until(async () => (await list(admin, 'all')).some(({ nativeId }) => nativeId === '9901'), Boolean)
  made.jobs.set('acme', [])
  const lost = await until(
    () => find(admin, body.id),
    (one) => one?.state === 'unknown',
    { seconds: 40 },
  )
  expect(lost?.reason).toBe('The engine does not list it any more.')
})
