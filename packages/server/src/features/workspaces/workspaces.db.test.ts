import * as contract from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../../../../tests/support/client.ts'
import { allocateTo, cardOf, connect, engineSettings, takenIn, until } from '../../../../../tests/support/engines.ts'
import { type Fake, type FakeCluster, fakeSlurm, startFake } from '../../../../../tests/support/fake-engines.ts'
import { away, type FakeHost, openFakeHost, refused, type Verb } from '../../../../../tests/support/fake-host.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../../../../../tests/support/house.ts'

// A busy machine takes its time over what is waited for here.
vi.setConfig({ testTimeout: 180_000 })

let house: TestHouse
let host: FakeHost
let peer: Fake
let acme: Awaited<ReturnType<typeof twoTenants>>['acme']
let globex: typeof acme
let admin: Client
let user: Client
let stranger: Client
let templateId: string
let engineId: string
const cluster: FakeCluster = {
  nodes: Array.from({ length: 8 }, (_, index) => ({
    name: `gpu${index + 1}`,
    gpus: 8,
    used: 0,
    state: 'idle',
    partitions: ['acme'],
  })),
  jobs: [],
}

beforeAll(async () => {
  host = await openFakeHost()
  house = await openTestHouse(engineSettings, { open: host.open })
  ;({ acme, globex } = await twoTenants(house))
  const platform = await house.signedIn(root)
  peer = await startFake(fakeSlurm(() => cluster))
  const credential = { type: 'slurm_token', user: 'slurm', token: 'a token of the fake' }
  engineId = await connect(platform, { kind: 'slurm', name: 'hpc', address: peer.address, credential })
  await allocateTo(platform, acme.tenant, engineId, { kind: 'slurm', accounts: ['acme'], partitions: ['acme'] })
  admin = await house.signedIn(acme.admin)
  await takenIn(admin, acme.user, acme.admin)
  user = await house.signedIn(acme.user)
  stranger = await house.signedIn(globex.admin)
  await until(
    () => cardOf(user, 'slurm'),
    ({ count }) => count === 8,
  )
  const { status, body } = await admin.ask(contract.createTemplate, { body: template() })
  if (status !== 201) throw new Error(JSON.stringify(body))
  templateId = body.id
})
afterAll(async () => {
  await house?.close()
  await peer?.close()
  await host?.close()
})
afterEach(() => {
  host.fail = null
})

const template = (more: object = {}) => ({
  name: 'Jupyter',
  engineId,
  placement: { where: 'acme', account: 'acme' },
  profiles: [
    { id: 'cpu', name: 'CPU', cpus: 2, memoryMiB: 4096, accelerator: null },
    { id: 'gpu', name: '1 × h100', cpus: 4, memoryMiB: 8192, accelerator: { kind: 'gpu', model: 'h100', count: 1 } },
    { id: 'gpu8', name: '8 × h100', cpus: 8, memoryMiB: 8192, accelerator: { kind: 'gpu', model: 'h100', count: 8 } },
  ],
  limits: { cpus: 16, memoryMiB: 65_536, volumeGiB: 100, idleMinutes: 60 },
  ...more,
})
let count = 0
const launch = (client: Client, more: object = {}) => {
  count += 1
  return client.ask(contract.launchWorkspace, {
    body: { name: `notebook ${count}`, templateId, profileId: 'gpu', cpus: 4, memoryMiB: 8192, ...more },
  })
}
const read = async (client: Client, id: string): Promise<contract.Workspace> =>
  (await client.ask(contract.getWorkspace, { params: { id } })).body
const reaches = (client: Client, id: string, state: contract.WorkspaceState) =>
  until(
    () => read(client, id),
    (found) => found.state === state,
    { seconds: 60 },
  )
const holds = async () => {
  const { rows } = await house.deps.database.withTenant({ tenantId: acme.tenant.id }, async (tx) => ({
    rows: await tx.read<{ holder: string }>('select holder from quota_holds', []),
  }))
  return rows.map(({ holder }) => holder)
}
/** Whatever is left of workspaces is deleted, and gone. */
const clear = async () => {
  host.fail = null
  const { body } = await admin.ask(contract.listWorkspaces, { query: { whose: 'all', limit: 200 } })
  for (const { id } of body.items)
    await admin.ask(contract.deleteWorkspace, { params: { id }, query: { volume: 'delete' } })
  await until(
    async () => (await holds()).length + host.there.size + host.volumes.size,
    (left) => left === 0,
    { seconds: 60 },
  )
}

test('a workspace is launched, comes up phase by phase, is stopped, started again and deleted; its volume stays', async () => {
  const { status, body } = await launch(user, { volume: { name: 'my home', sizeGiB: 10 } })
  expect(status).toBe(201)
  expect(body).toMatchObject({ state: 'queued', mine: true, volume: { name: 'my home', sizeGiB: 10 } })
  const up = await reaches(user, body.id, 'running')
  expect(up.phases.map(({ phase }) => phase)).toEqual(['quota', 'queue', 'start', 'ready'])
  expect(up.phases.every(({ endedAt }) => endedAt !== null)).toBe(true)
  expect(up.can).toMatchObject({ open: true, stop: true, start: false })
  expect([...host.there.values()]).toMatchObject([{ owner: 'uma' }])

  expect((await user.ask(contract.startWorkspace, { params: { id: body.id } })).body.code).toBe('wrong_state')
  expect((await user.ask(contract.stopWorkspace, { params: { id: body.id } })).status).toBe(202)
  await reaches(user, body.id, 'stopped')
  expect(host.there.size).toBe(0)
  expect(await holds()).toEqual([up.volume?.id])

  const secrets = new Set<string>()
  for (const verb of [contract.startWorkspace, contract.restartWorkspace]) {
    expect((await user.ask(verb, { params: { id: body.id } })).status).toBe(202)
    await until(
      () => read(user, body.id),
      ({ state, startedAt }) => state === 'running' && startedAt !== null,
    )
    for (const { secret } of host.there.values()) secrets.add(secret)
  }
  // Each start has a secret of its own.
  expect(secrets.size).toBe(2)

  expect((await user.ask(contract.deleteWorkspace, { params: { id: body.id } })).status).toBe(204)
  expect((await user.ask(contract.getWorkspace, { params: { id: body.id } })).status).toBe(404)
  await until(
    async () => host.there.size,
    (left) => left === 0,
  )
  const volumes = (await user.ask(contract.listVolumes)).body.items as contract.Volume[]
  expect(volumes).toMatchObject([{ name: 'my home', workspace: null }])
  const again = await launch(user, { volume: { id: volumes[0]?.id } })
  expect(again.status).toBe(201)
  const second = await launch(user, { volume: { id: volumes[0]?.id } })
  expect([second.status, second.body.code]).toEqual([409, 'volume_in_use'])
  await clear()
})

test('what happened is on the record and among its events', async () => {
  const { body } = await launch(user)
  await reaches(user, body.id, 'running')
  const events = (await user.ask(contract.listWorkspaceEvents, { params: { id: body.id } })).body.items
  expect(events.map(({ text }: { text: string }) => text)).toEqual([
    'Ready to be opened.',
    'Nothing is free just now.',
    'Launched by uma.',
  ])
  const { items } = (await admin.ask(contract.listAuditEntries, { query: { action: 'workspace.launched' } })).body
  expect(items[0]).toMatchObject({ actor: { name: 'uma' }, target: { name: body.name } })
  await clear()
})

test('2,000 launches at once for 64 GPUs get exactly 64, and what is refused leaves nothing behind', async () => {
  host.path = Array.from({ length: 10_000 }, () => 'queued')
  // On a busy machine some wait too long for the database, are told so, and ask again.
  const launchAtLast = async () => {
    for (;;) {
      const answer = await launch(user)
      if (answer.body.code !== 'unavailable') return answer
    }
  }
  const answers = await Promise.all(Array.from({ length: 2_000 }, launchAtLast))
  const granted = answers.filter(({ status }) => status === 201)
  expect(granted).toHaveLength(64)
  const refusals = answers.filter(({ status }) => status !== 201)
  expect(new Set(refusals.map(({ body }) => body.code))).toEqual(new Set(['exceeds_quota']))
  expect(refusals[0]?.body.detail).toBe('The engine has 0 h100 GPUs free, and this needs 1.')
  expect(await holds()).toHaveLength(64)
  expect((await admin.ask(contract.listWorkspaces, { query: { whose: 'all' } })).body.total).toBe(64)

  // One that goes makes room for one.
  const [first] = granted
  await user.ask(contract.deleteWorkspace, { params: { id: first?.body.id } })
  await until(holds, (left) => left.length === 63, { seconds: 60 })
  const more = await Promise.all(Array.from({ length: 20 }, () => launch(user)))
  expect(more.filter(({ status }) => status === 201)).toHaveLength(1)
  host.path = ['queued', 'starting']
  await clear()
}, 180_000)

test('a quota of a person holds besides, shown before with the reason', async () => {
  const quota = { gpus: 1, cpus: null, memoryMiB: null, storageGiB: 20, workspaces: 2 }
  await admin.ask(contract.setStandardQuota, { body: quota })
  try {
    const eight = await launch(user, { profileId: 'gpu8' })
    expect(eight.body.detail).toBe('You may use 1 GPUs, 0 in use: 1 left, and this needs 8.')
    const { templates } = (await user.ask(contract.listWorkspaceChoices)).body
    expect(templates[0].profiles.map(({ refused: why }: { refused: string | null }) => why)).toEqual([
      null,
      null,
      eight.body.detail,
    ])
    expect((await launch(user)).status).toBe(201)
    expect((await launch(user)).body.detail).toMatch(/^You may use 1 GPUs, 1 in use: 0 left/)
    expect((await launch(user, { profileId: 'cpu', volume: { name: 'large', sizeGiB: 30 } })).body.detail).toMatch(
      /^You may use 20 GiB of storage/,
    )
    // What was refused made no volume.
    expect((await user.ask(contract.listVolumes)).body.items).toEqual([])
    expect((await launch(user, { profileId: 'cpu' })).status).toBe(201)
    expect((await launch(user, { profileId: 'cpu' })).body.detail).toMatch(/^You may use 2 workspaces, 2 in use/)
    await admin.ask(contract.setUserQuota, {
      params: { id: acme.user.id },
      body: { quota: { ...quota, workspaces: 3 } },
    })
    expect((await launch(user, { profileId: 'cpu' })).status).toBe(201)
  } finally {
    await admin.ask(contract.setUserQuota, { params: { id: acme.user.id }, body: { quota: null } })
    await admin.ask(contract.setStandardQuota, {
      body: { gpus: null, cpus: null, memoryMiB: null, storageGiB: null, workspaces: null },
    })
  }
  await clear()
})

describe('whichever step fails', () => {
  const refusals: [Verb, 'before' | 'after'][] = [
    ['start', 'before'],
    ['start', 'after'],
  ]
  test.each(refusals)(
    'an engine that refuses to %s (%s it was done) leaves nothing, and the reason is told',
    async (verb, when) => {
      host.fail = (asked) => (asked === verb ? { error: refused(), ...(when === 'after' && { after: true }) } : null)
      const { body } = await launch(user, { volume: { name: `home ${when}`, sizeGiB: 1 } })
      const failed = await reaches(user, body.id, 'failed')
      expect(failed.reason).toBe('It does not want to.')
      expect(host.there.size).toBe(0)
      expect(await holds()).toEqual([failed.volume?.id])
      await clear()
    },
  )

  test.each(['start', 'read', 'stop', 'remove', 'removeVolume'] as const)(
    'an engine that is away while it is asked to %s is waited for',
    async (verb) => {
      let left = 2
      host.fail = (asked) => {
        if (asked !== verb || left === 0) return null
        left -= 1
        return { error: away(), ...(left === 1 && { after: true }) }
      }
      const { body } = await launch(user, { volume: { name: `home of ${verb}`, sizeGiB: 1 } })
      await reaches(user, body.id, 'running')
      await user.ask(contract.deleteWorkspace, { params: { id: body.id }, query: { volume: 'delete' } })
      await until(holds, (found) => found.length === 0, { seconds: 30 })
      expect([host.there.size, host.volumes.size]).toEqual([0, 0])
    },
  )

  test('one that breaks while it runs is failed with the reason, and can be started again', async () => {
    const { body } = await launch(user)
    await reaches(user, body.id, 'running')
    host.there.clear()
    const failed = await until(
      () => read(user, body.id),
      ({ state }) => state === 'failed',
      { seconds: 30 },
    )
    expect(failed.reason).toBe('It is not there any more at the engine.')
    expect(await holds()).toEqual([])
    expect((await user.ask(contract.startWorkspace, { params: { id: body.id } })).status).toBe(202)
    await reaches(user, body.id, 'running')
    await clear()
  })

  test('a stop that comes while it starts is what happens', async () => {
    host.path = Array.from({ length: 1_000 }, () => 'queued')
    const { body } = await launch(user)
    await until(
      async () => host.there.size,
      (found) => found === 1,
    )
    await user.ask(contract.stopWorkspace, { params: { id: body.id } })
    await reaches(user, body.id, 'stopped')
    expect([host.there.size, (await holds()).length]).toEqual([0, 0])
    host.path = ['queued', 'starting']
    await clear()
  })
})

test('one in which nobody works is warned of and stops, and not while something runs in it', async () => {
  const minutes = (count: number) => house.clock.forward(count * 60_000)
  host.use = { gpuPercent: null, children: ['python train.py'] }
  const { body } = await launch(user)
  const { id } = await reaches(user, body.id, 'running')
  const idle = (holds: (found: contract.Workspace) => boolean) => until(() => read(user, id), holds, { seconds: 60 })
  minutes(90)
  const active = await idle(({ idle: { state } }) => state === 'active')
  expect([active.state, active.idle.because]).toEqual(['running', 'python train.py is running.'])
  host.use = { gpuPercent: null, children: [] }
  await idle(({ idle: { state } }) => state === 'idle')
  minutes(52)
  const warned = await idle(({ idle: { warned: isWarned } }) => isWarned)
  expect(Date.parse(warned.idle.stopsAt ?? '') - house.clock.now().getTime()).toBeLessThan(10 * 60_000)
  expect((await user.ask(contract.extendWorkspace, { params: { id } })).body.idle.warned).toBe(false)
  minutes(52)
  await idle(({ idle: { warned: isWarned } }) => isWarned)
  minutes(10)
  const stopped = await reaches(user, id, 'stopped')
  expect(stopped.reason).toBe('Nobody worked there for 60 minutes.')
  expect([host.there.size, (await holds()).length]).toEqual([0, 0])
  await clear()
})

test('whoever it is not shared with knows nothing of it, and another tenant never', async () => {
  const { body } = await launch(admin)
  const absent = '0197fe13-0000-7000-8000-000000000000'
  for (const client of [user, stranger]) {
    for (const route of [
      contract.getWorkspace,
      contract.stopWorkspace,
      contract.openWorkspace,
      contract.listWorkspaceShares,
    ]) {
      const [foreign, gone] = [body.id, absent].map((id) => client.ask(route, { params: { id } }))
      expect((await foreign)?.text).toBe((await gone)?.text)
      expect((await foreign)?.status).toBe(404)
    }
  }
  await reaches(admin, body.id, 'running')
  const share = await admin.ask(contract.shareWorkspace, { params: { id: body.id }, body: { userId: acme.user.id } })
  expect(share.body.items).toMatchObject([{ username: 'uma' }])
  expect(await read(user, body.id)).toMatchObject({ mine: false, can: { open: true, stop: false, remove: false } })
  expect((await user.ask(contract.stopWorkspace, { params: { id: body.id } })).body.code).toBe('missing_permission')
  const outside = await admin.ask(contract.shareWorkspace, {
    params: { id: body.id },
    body: { userId: globex.user.id },
  })
  expect(outside.status).toBe(404)
  await clear()
})

test('who looks after everybody’s workspaces stops them and hands them over, but does not look into them', async () => {
  const { body } = await launch(user, { volume: { name: 'handed', sizeGiB: 5 } })
  await reaches(user, body.id, 'running')
  expect((await admin.ask(contract.openWorkspace, { params: { id: body.id } })).body.code).toBe('wrong_state')
  const handed = await admin.ask(contract.handOverWorkspace, { params: { id: body.id }, body: { to: acme.admin.id } })
  expect(handed.body.state).toBe('stopping')
  const theirs = await until(
    () => read(admin, body.id),
    ({ mine }) => mine,
  )
  expect(theirs).toMatchObject({ state: 'stopped', owner: { username: 'ada' } })
  expect((await admin.ask(contract.listVolumes)).body.items).toMatchObject([{ name: 'handed', owner: 'ada' }])
  expect((await user.ask(contract.getWorkspace, { params: { id: body.id } })).status).toBe(404)
  await clear()
})

test('a template is for whom it says, and what it does not allow is told by field', async () => {
  const role = acme.tenant.roles.get('Tenant Admin')
  const made = await admin.ask(contract.createTemplate, { body: template({ name: 'Admins alone', roleIds: [role] }) })
  expect((await launch(user, { templateId: made.body.id })).status).toBe(404)
  expect((await launch(user, { profileId: 'none' })).body.errors[0].pointer).toBe('/profileId')
  expect((await launch(user, { cpus: 17 })).body.errors[0]).toMatchObject({ pointer: '/cpus', detail: 'at most 16' })
  expect((await launch(user, { volume: { name: 'huge', sizeGiB: 101 } })).body.errors[0].pointer).toBe(
    '/volume/sizeGiB',
  )
  expect((await launch(user, { datasets: ['none'] })).body.errors[0].pointer).toBe('/datasets')
  const tight = { cpus: 4, memoryMiB: 4096, volumeGiB: 0, idleMinutes: null }
  const over = await admin.ask(contract.createTemplate, { body: template({ name: 'Tight', limits: tight }) })
  expect([over.status, over.body.errors.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
    400,
    ['/profiles/1/memoryMiB', '/profiles/2/cpus', '/profiles/2/memoryMiB'],
  ])
  expect((await admin.ask(contract.createTemplate, { body: template() })).body.code).toBe('template_name_taken')
  const { body } = await launch(user)
  expect((await admin.ask(contract.deleteTemplate, { params: { id: templateId } })).body.code).toBe('template_in_use')
  expect((await user.ask(contract.listTemplates)).status).toBe(403)
  expect((await admin.ask(contract.deleteTemplate, { params: { id: made.body.id } })).status).toBe(204)
  expect(body.template).toBe('Jupyter')
  await clear()
})
