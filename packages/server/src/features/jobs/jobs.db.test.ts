import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'
import { makeUpJobs, readJob, readTask, readWaiting } from '../../../../../tests/support/made-up-jobs.ts'
import { letGoOfEndedJobs } from '../resources/index.ts'

const made = makeUpJobs()
const absent = '01900000-0000-7000-8000-00000000dead'
let house: TestHouse
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let user: Client
let admin: Client
let other: Client
let engine: string
let allocation: string

beforeAll(async () => {
  house = await openTestHouse(engineSettings, { open: made.open })
  ;({ acme, globex } = await twoTenants(house))
  const platform = await house.signedIn(root)
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  engine = await connect(platform, { kind: 'slurm', name: 'hpc', address: 'http://127.0.0.1:9', credential })
  for (const tenant of [acme.tenant, globex.tenant]) {
    const scope = { kind: 'slurm', accounts: [tenant.slug], partitions: ['gpu'] }
    const id = await allocateTo(platform, tenant, engine, scope)
    if (tenant === acme.tenant) allocation = id
  }
  user = await house.signedIn(acme.user)
  admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
  other = await house.signedIn(globex.user)
})
afterAll(() => house?.close())
type Query = contract.QueryInputOf<typeof contract.listJobs>
const list = async (client: Client, query: Query = {}): Promise<{ items: contract.Job[]; total: number }> => {
  const { status, body } = await client.ask(contract.listJobs, { query })
  expect([status, body.code]).toEqual([200, undefined])
  return body
}
const named = (page: { items: contract.Job[] }) => page.items.map(({ nativeId }) => nativeId)
/** Waits until everybody's jobs are these, by what the engine calls them. */
const listed = (holds: (jobs: contract.Job[]) => boolean) =>
  until(async () => (await list(admin, { whose: 'all', limit: 200 })).items, holds)
const find = (jobs: contract.Job[], nativeId: string) => jobs.find((job) => job.nativeId === nativeId) as contract.Job

describe('a list', () => {
  beforeAll(async () => {
    const at = (n: number) => `2026-11-01T10:00:${String(n).padStart(2, '0')}.000Z`
    made.jobs.set('acme', [
      readJob('101', { name: 'train Llama', submittedAt: at(1) }),
      readJob('102', { name: 'evaluate', submittedAt: at(2), state: 'pending', startedAt: null, reason: 'Priority' }),
      readJob('103', { name: 'Train again', submittedAt: at(3), owner: 'ada' }),
      readJob('104', {
        name: 'broken',
        submittedAt: at(4),
        state: 'failed',
        endReason: 'OUT_OF_MEMORY',
        endedAt: at(9),
      }),
      readJob('105', { name: 'no time', submittedAt: null, owner: 'somebody' }),
    ])
    made.jobs.set('globex', [readJob('101', { name: 'theirs' })])
    await until(
      () => list(admin, { whose: 'all' }),
      ({ total }) => total === 5,
    )
  })

  test('shows one’s own, and everybody’s only to who may see them', async () => {
    expect(named(await list(user))).toEqual(['104', '102', '101'])
    expect(named(await list(admin))).toEqual(['103'])
    expect(named(await list(admin, { whose: 'all' }))).toEqual(['104', '103', '102', '101', '105'])
    const refused = await user.ask(contract.listJobs, { query: { whose: 'all' } })
    expect([refused.status, refused.body.missing]).toEqual([403, ['job.view_all']])
    const { items } = await list(other)
    expect(items.map(({ name }) => name)).toEqual(['theirs'])
  })

  test('tells how a job is, why it ended, and what may be done with it', async () => {
    const { items } = await list(admin, { whose: 'all' })
    expect(find(items, '104')).toMatchObject({
      state: 'failed',
      endReason: 'OUT_OF_MEMORY',
      engine: 'hpc',
      mine: false,
    })
    expect(find(items, '104').can).toEqual({ cancel: false, resubmit: false, output: true })
    expect(find(items, '102')).toMatchObject({ reason: 'Priority', can: { cancel: true } })
    const ada = { id: acme.admin.id, username: 'ada', name: 'First ada Last ada' }
    expect([find(items, '103').person, find(items, '105').person]).toEqual([ada, null])
    const own = (await list(user)).items
    expect(find(own, '101')).toMatchObject({ mine: true, gpuModels: [{ model: 'h100', count: 1 }], memoryMiB: 65_536 })
  })

  test('is searched by name, id and owner, and filtered by state and engine', async () => {
    const all = { whose: 'all' } as const
    expect(named(await list(admin, { ...all, q: 'TRAIN' }))).toEqual(['103', '101'])
    expect(named(await list(admin, { ...all, q: '104' }))).toEqual(['104'])
    for (const q of ['ada', 'Last ADA', 'first ada']) expect(named(await list(admin, { ...all, q }))).toEqual(['103'])
    expect(await list(admin, { ...all, q: '%' })).toMatchObject({ items: [], total: 0 })
    const some = await list(admin, { ...all, state: 'failed,pending' })
    expect([named(some), some.total]).toEqual([['104', '102'], 2])
    expect(named(await list(user, { state: 'running,failed' }))).toEqual(['104', '101'])
    expect(named(await list(admin, { ...all, engine, q: 'e', state: 'running' }))).toEqual(['105'])
    expect((await list(admin, { ...all, engine: absent })).total).toBe(0)
  })

  test('is read page by page, in every order, there and back', async () => {
    for (const sort of contract.jobSorts) {
      for (const more of [{}, { state: 'running,failed,pending' }, { q: '10' }]) {
        const whole = named(await list(admin, { whose: 'all', sort, ...more }))
        expect(whole.length).toBe(5)
        const seen: string[] = []
        let cursor: string | undefined
        let previous: string | null = null
        do {
          const { body } = await admin.ask(contract.listJobs, {
            query: { whose: 'all', sort, limit: 2, ...more, ...(cursor && { cursor }) },
          })
          seen.push(...named(body))
          cursor = body.next ?? undefined
          previous = body.previous
        } while (cursor)
        expect([sort, seen]).toEqual([sort, whole])
        const back = await admin.ask(contract.listJobs, {
          query: { whose: 'all', sort, limit: 2, ...more, cursor: previous as string },
        })
        expect([sort, named(back.body)]).toEqual([sort, whole.slice(2, 4)])
      }
    }
    const wrong = await admin.ask(contract.listJobs, { query: { cursor: 'bm9wZQ' } })
    expect(wrong.body.code).toBe('invalid_cursor')
  })

  test('somebody of the platform has none of their own, and no output, whatever they are called', async () => {
    const platform = await house.signedIn(root)
    await platform.ask(contract.enterTenant, { params: { id: acme.tenant.id } })
    expect(await list(platform)).toMatchObject({ items: [], total: 0 })
    const { items } = await list(platform, { whose: 'all' })
    expect(items).toHaveLength(5)
    expect(items.some(({ mine, can }) => mine || can.output || can.resubmit)).toBe(false)
  })

  test('another tenant’s job is like an absent one', async () => {
    const [foreign] = (await list(other)).items
    for (const client of [user, admin]) {
      for (const route of [
        contract.getJob,
        contract.listJobTasks,
        contract.followJobOutput,
        contract.cancelJob,
        contract.resubmitJob,
      ]) {
        const ask = (id: string) => client.ask(route, { params: { id } })
        const [there, nowhere] = [await ask(foreign?.id ?? ''), await ask(absent)]
        expect([route.operation, there.status, there.text]).toEqual([route.operation, 404, nowhere.text])
      }
    }
    // The same for a colleague's, to whom it may not be seen.
    const { items } = await list(admin)
    const colleagues = await user.ask(contract.getJob, { params: { id: items[0]?.id ?? '' } })
    expect(colleagues.text).toBe((await user.ask(contract.getJob, { params: { id: absent } })).text)
  })

  test('one job is told with what its engine tells now, and without where it does not', async () => {
    const { id } = find((await list(user)).items, '101')
    const get = async () => (await user.ask(contract.getJob, { params: { id } })).body as contract.JobDetail
    made.detail.events = [{ at: '2026-11-01T10:00:30.000Z', text: 'Pulled the image', warning: false }]
    expect(await get()).toMatchObject({
      workingDirectory: '/home/uma',
      incomplete: null,
      submitted: null,
      script: null,
    })
    expect((await get()).timeline.map(({ text }) => text)).toEqual(['Submitted', 'Pulled the image', 'Started'])
    made.faults.set('detail', { never: true })
    const begun = performance.now()
    expect(await get()).toMatchObject({ standardOutput: null, incomplete: 'It has not answered within 5 s.' })
    expect(performance.now() - begun).toBeLessThan(7_000)
    made.faults.clear()
  })
})

describe('an array', () => {
  test('is one row, with its tasks counted, and its tasks behind it', async () => {
    made.jobs.set('acme', [
      readTask('200', 0),
      readTask('200', 1),
      readTask('200', 2, { state: 'failed', endReason: 'TIMEOUT', endedAt: '2026-11-01T10:05:00.000Z' }),
      readWaiting('200', '3-99%2', 97),
      readJob('201'),
    ])
    const jobs = await listed(
      (all) => all.some(({ nativeId }) => nativeId === '201') && find(all, '200')?.array?.total === 100,
    )
    expect(jobs.filter(({ nativeId }) => nativeId.startsWith('200'))).toHaveLength(1)
    const array = find(jobs, '200')
    expect(array).toMatchObject({ state: 'running', name: 'array 200', gpus: 2, can: { output: false } })
    const states = Object.fromEntries(array.array?.states.map(({ state, count }) => [state, count]) ?? [])
    expect(states).toEqual({ running: 2, failed: 1, pending: 97 })

    const page = (await user.ask(contract.listJobTasks, { params: { id: array.id }, query: { limit: 2 } })).body
    expect(page.items.map((job: contract.Job) => [job.nativeId, job.array?.task, job.array?.total])).toEqual([
      ['200_0', 0, 100],
      ['200_1', 1, 100],
    ])
    const rest = await user.ask(contract.listJobTasks, {
      params: { id: array.id },
      query: { limit: 2, cursor: page.next },
    })
    expect([rest.body.items.map((job: contract.Job) => job.nativeId), rest.body.next]).toEqual([['200_2'], null])
    // The dashboard shows it once as well.
    const own = (await user.ask(contract.listOwnJobs)).body.items as contract.JobSummary[]
    expect(own.filter(({ nativeId }) => nativeId.startsWith('200'))).toHaveLength(1)
    expect((await user.ask(contract.listJobTasks, { params: { id: find(jobs, '201').id } })).status).toBe(404)
  })

  test('follows its tasks: the rest begins, then all is over, and it failed where one did', async () => {
    made.jobs.set('acme', [readTask('210', 0), readWaiting('210', '1', 1)])
    await listed((all) => find(all, '210')?.array?.states.length === 2)
    made.jobs.set('acme', [
      readTask('210', 0, { state: 'stopped', endReason: 'COMPLETED', endedAt: '2026-11-01T11:00:00.000Z' }),
      readTask('210', 1),
    ])
    const going = find(
      await listed((all) => find(all, '210')?.array?.states.some(({ state }) => state === 'stopped') ?? false),
      '210',
    )
    expect([going.state, going.array?.total]).toEqual(['running', 2])
    const end = '2026-11-01T12:00:00.000Z'
    made.jobs.set('acme', [
      readTask('210', 0, { state: 'stopped', endReason: 'COMPLETED', endedAt: '2026-11-01T11:00:00.000Z' }),
      readTask('210', 1, { state: 'failed', endReason: 'NODE_FAIL', endedAt: end }),
    ])
    const over = find(await listed((all) => find(all, '210')?.state === 'failed'), '210')
    expect(over).toMatchObject({ endReason: 'NODE_FAIL', endedAt: end, can: { cancel: false } })
  })

  test('that waits whole is one row, which stays the same when it begins', async () => {
    made.jobs.set('acme', [readWaiting('220', '0-9', 10)])
    const waiting = find(await listed((all) => find(all, '220') !== undefined), '220')
    expect(waiting).toMatchObject({ state: 'pending', array: { total: 10, task: null } })
    made.jobs.set('acme', [readTask('220', 0)])
    const begun = find(await listed((all) => find(all, '220')?.state === 'running'), '220')
    expect([begun.id, begun.array?.total]).toEqual([waiting.id, 1])
  })
})

describe('what an engine lists no longer', () => {
  test('stays when it had ended, else is unknown until accounting tells its end', async () => {
    const end = '2026-11-01T11:00:00.000Z'
    made.jobs.set('acme', [
      readJob('301', { state: 'stopped', endReason: 'COMPLETED', endedAt: end }),
      readJob('302'),
      readJob('303', { state: 'pending', startedAt: null }),
      readTask('304', 0),
    ])
    await listed((all) => ['301', '302', '303', '304'].every((id) => find(all, id) !== undefined))
    made.jobs.set('acme', [])
    const missing = await listed((all) => ['302', '303', '304'].every((id) => find(all, id)?.state === 'unknown'))
    expect(find(missing, '302').reason).toBe('The engine does not list it any more.')
    expect(find(missing, '301')).toMatchObject({ state: 'stopped', endReason: 'COMPLETED' })
    expect(find(missing, '302').can.cancel).toBe(false)

    made.history.set('acme', [
      readJob('301', { state: 'failed', endReason: 'FAILED', endedAt: end }),
      readJob('302', { state: 'failed', endReason: 'OUT_OF_MEMORY', endedAt: end, exitCode: 137 }),
      readTask('304', 0, { state: 'stopped', endReason: 'COMPLETED', endedAt: end }),
      readJob('305', { state: 'stopped', endReason: 'COMPLETED', endedAt: end, name: 'never seen' }),
    ])
    // Something else is missed: then it is asked again at once.
    made.jobs.set('acme', [readJob('306')])
    await listed((all) => find(all, '306') !== undefined)
    made.jobs.set('acme', [])
    const told = await listed((all) => find(all, '302')?.state === 'failed')
    expect(find(told, '302')).toMatchObject({ endReason: 'OUT_OF_MEMORY', exitCode: 137, endedAt: end })
    expect(find(told, '304')).toMatchObject({ state: 'stopped', array: { states: [{ state: 'stopped', count: 1 }] } })
    expect(find(told, '305').name).toBe('never seen')
    expect(find(told, '303').state).toBe('unknown')
    // An end that is known is not told again.
    expect(find(told, '301').endReason).toBe('COMPLETED')
  })

  test('comes back as it is when the engine lists it again', async () => {
    made.jobs.set('acme', [readJob('311')])
    await listed((all) => find(all, '311')?.state === 'running')
    made.jobs.set('acme', [])
    await listed((all) => find(all, '311')?.state === 'unknown')
    made.jobs.set('acme', [readJob('311')])
    expect(find(await listed((all) => find(all, '311')?.state === 'running'), '311').reason).toBe(null)
  })

  test('is asked for a week back at most, and never overrides what the engine lists', async () => {
    for (const since of made.historyAsked) {
      expect(house.deps.database.now().getTime() - since.getTime()).toBeLessThan(7 * 86_400_000 + 60_000)
    }
    made.jobs.set('acme', [readJob('321'), readJob('322')])
    await listed((all) => find(all, '321')?.state === 'running')
    made.history.set('acme', [
      readJob('321', { state: 'failed', endReason: 'NODE_FAIL', endedAt: '2026-11-01T11:00:00.000Z' }),
    ])
    const asked = made.historyAsked.length
    made.jobs.set('acme', [readJob('321')])
    await until(
      async () => made.historyAsked.length,
      (count) => count > asked + 1,
    )
    expect(find(await listed(() => true), '321').state).toBe('running')
  })

  test('is let go of after 30 days, and when there are too many, an array as a whole', async () => {
    const rows = () =>
      house.deps.database.withTenant({ tenantId: globex.tenant.id }, (tx) =>
        tx.read<{ native_id: string }>('select native_id from engine_jobs where rank = 2 order by native_id', []),
      )
    const ended = (day: number) => ({
      state: 'stopped' as const,
      endReason: 'COMPLETED',
      endedAt: new Date(house.deps.database.now().getTime() - day * 86_400_000).toISOString(),
    })
    made.jobs.set('globex', [
      readJob('401', ended(31)),
      readJob('402', ended(3)),
      readTask('403', 0, ended(29)),
      readTask('403', 1, ended(40)),
      readTask('404', 0, ended(31)),
      readTask('404', 1, ended(31)),
      readJob('405', ended(1)),
    ])
    await until(rows, (all) => all.length === 10)
    const letGo = (most: number) =>
      house.deps.database.withTenant({ tenantId: globex.tenant.id }, (tx) =>
        letGoOfEndedJobs(tx, globex.tenant.id, most),
      )
    expect(await letGo(100)).toBe(4)
    expect((await rows()).map(({ native_id: id }) => id)).toEqual(['101', '402', '403', '403_0', '403_1', '405'])
    expect(await letGo(4)).toBe(3)
    expect((await rows()).map(({ native_id: id }) => id)).toEqual(['101', '402', '405'])
  })
})

test('a part that is taken back takes its jobs and what was submitted with it', async () => {
  made.jobs.set('acme', [readJob('501')])
  await listed((all) => find(all, '501') !== undefined)
  const platform = await house.signedIn(root)
  await platform.ask(contract.withdrawAllocation, { params: { id: allocation } })
  expect((await list(admin, { whose: 'all' })).total).toBe(0)
  const left = await house.deps.database.withTenant({ tenantId: acme.tenant.id }, (tx) =>
    tx.read('select 1 from engine_jobs union all select 1 from job_submissions', []),
  )
  expect(left).toEqual([])
})
