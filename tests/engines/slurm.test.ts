import { readFileSync } from 'node:fs'
import * as contract from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureUser, mintToken, runAs, type Slurm } from '../../dev/engines/slurm.mjs'
import { limitsAtEngine } from '../../packages/web/src/features/engines/limits-at-engine.ts'
import type { Client } from '../support/client.ts'
import { allocateTo, bringUp, cardOf, connect, engineSettings, type Running, until } from '../support/engines.ts'
import { openTestHouse, root, type TestHouse, twoTenants } from '../support/house.ts'

const slurm = await bringUp<Slurm>('slurm')
if ('missing' in slurm) process.stdout.write(`NOT RUN: the tests on a real Slurm. ${slurm.missing}\n`)

describe.skipIf('missing' in slurm)('a real Slurm that two tenants share', () => {
  const { state, down } = slurm as Running<Slurm>
  let house: TestHouse
  let tenants: Awaited<ReturnType<typeof twoTenants>>
  let platform: Client
  let acmeAdmin: Client
  let acme: Client
  let globex: Client
  let engineId: string

  const submit = (user: string, account: string, ...words: string[]) =>
    runAs(state, user, 'sbatch', [
      '--parsable',
      '-A',
      account,
      '-p',
      account.split('-')[0] as string,
      '-o',
      '/dev/null',
      ...words,
    ])
  const engineOf = async (username: string) => {
    const { body } = await acmeAdmin.ask(contract.listUsers, { query: { q: username } })
    const { id } = body.items.find((user: contract.User) => user.username === username)
    return (await acmeAdmin.ask(contract.listUserEngines, { params: { id } })).body.items[0] as contract.CarryThrough
  }
  const inStep = (username: string) =>
    until(
      () => engineOf(username),
      (found) => found?.state === 'in_step',
      { seconds: 30 },
    )

  beforeAll(async () => {
    // Jobs run as users of the machine, which the cluster looks up when it learns of them.
    for (const name of ['uma', 'ada', 'desk', 'gx-uma', 'gx-ada', 'newbie']) await ensureUser(name)
    house = await openTestHouse(engineSettings)
    tenants = await twoTenants(house)
    platform = await house.signedIn(root)
    acmeAdmin = await house.signedIn(tenants.acme.admin)
    acme = await house.signedIn(tenants.acme.user)
    globex = await house.signedIn(tenants.globex.user)
  })
  afterAll(async () => {
    await house?.close()
    await down()
  })

  test('the test of a connection says what is wrong, in words', async () => {
    const ask = (address: string, credential: unknown) =>
      platform.ask(contract.testNewEngine, { body: { kind: 'slurm', name: 'hpc', address, credential } })
    const key = { type: 'slurm_key', user: 'slurm', keyBase64: readFileSync(state.jwtKeyFile).toString('base64') }
    const good = await ask(state.address, key)
    expect(good.body).toMatchObject({
      ok: true,
      version: expect.stringMatching(/^Slurm \d+/),
      api: expect.stringMatching(/^v0\.0\.\d+$/),
    })
    const wrong = await ask(state.address, { type: 'slurm_token', user: 'slurm', token: 'x'.repeat(40) })
    expect(wrong.body).toMatchObject({ ok: false, reason: expect.stringMatching(/token/) })
    const nothing = await ask('http://127.0.0.1:9', key)
    expect(nothing.body).toMatchObject({ ok: false, reason: expect.stringMatching(/Nothing listens/) })
    const forbidden = await ask('http://169.254.169.254', key)
    expect([forbidden.status, forbidden.body.code]).toEqual([422, 'engine_address'])
  })

  test('each tenant sees the nodes of its partitions and no others', async () => {
    engineId = await connect(platform, {
      kind: 'slurm',
      name: 'hpc',
      address: state.address,
      credential: { type: 'slurm_key', user: 'slurm', keyBase64: readFileSync(state.jwtKeyFile).toString('base64') },
    })
    await allocateTo(platform, tenants.acme.tenant, engineId, {
      kind: 'slurm',
      accounts: ['acme'],
      partitions: ['acme'],
    })
    await allocateTo(platform, tenants.globex.tenant, engineId, {
      kind: 'slurm',
      accounts: ['globex'],
      partitions: ['globex'],
      prefix: 'gx-',
    })
    const acmes = await until(
      () => cardOf(acme, 'slurm'),
      (card) => card.count === 1,
    )
    expect(acmes.gpus).toEqual([{ model: 'h100', profile: null, total: 8, used: 0, free: 8 }])
    const globexs = await until(
      () => cardOf(globex, 'slurm'),
      (card) => card.count === 2,
    )
    expect(globexs.gpus).toEqual([{ model: 'h100', profile: null, total: 8, used: 0, free: 8 }])
    const { body } = await acme.ask(contract.listSlurm)
    expect(body.items.map((node: contract.Resource) => [node.name, node.state, node.facts])).toEqual([
      ['gpu1', 'running', [{ name: 'Partitions', value: 'acme' }]],
    ])
  })

  test('people are carried through: an association for each, and a name is one person’s', async () => {
    expect(await inStep('uma')).toMatchObject({ access: 'account acme' })
    expect(await inStep('desk')).toMatchObject({ access: 'nothing' })
    const people = ['acme|uma', 'acme|ada', 'globex|gx-uma', 'globex|gx-ada']
    const associations = await until(
      () => runAs(state, 'slurm', 'sacctmgr', ['-nP', 'show', 'assoc', 'format=account,user']),
      (found) => people.every((one) => found.split('\n').includes(one)),
    )
    expect(associations).not.toMatch(/desk/)
  })

  test('a job that is submitted at the cluster changes the card, and the other tenant learns nothing of it', async () => {
    const job = (
      await submit('uma', 'acme', '--gres=gpu:h100:2', '--job-name=secret-name', '--wrap', 'sleep 600')
    ).trim()
    const begun = performance.now()
    const card = await until(
      () => cardOf(acme, 'slurm'),
      ({ jobs, gpus }) => jobs?.running === 1 && gpus[0]?.used === 2,
    )
    process.stdout.write(
      `  submitted → card: ${Math.round(performance.now() - begun)} ms, the scheduler's time included\n`,
    )
    expect(card.gpus).toEqual([{ model: 'h100', profile: null, total: 8, used: 2, free: 6 }])
    const own = await acme.ask(contract.listOwnJobs)
    expect(own.body.items).toMatchObject([
      { nativeId: job, name: 'secret-name', owner: 'uma', state: 'running', gpus: 2 },
    ])
    for (const route of [contract.getOverview, contract.listSlurm, contract.listOwnJobs] as const) {
      const { text } = await globex.ask(route as typeof contract.getOverview)
      expect(text).not.toMatch(/secret-name|"used":2|acme|uma/)
    }
    expect((await cardOf(globex, 'slurm')).jobs).toEqual({ running: 0, pending: 0 })
  })

  test('who is disabled submits nothing more, though their jobs run; who is enabled does again', async () => {
    const { id } = tenants.acme.user
    const token = mintToken(state, 'uma', 300)
    const submitByToken = async () => {
      const response = await fetch(`${state.address}/slurm/v0.0.38/job/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-slurm-user-name': 'uma', 'x-slurm-user-token': token },
        body: JSON.stringify({
          script: '#!/bin/sh\ntrue',
          job: {
            account: 'acme',
            partition: 'acme',
            environment: { PATH: '/bin' },
            current_working_directory: '/tmp',
            standard_output: '/dev/null',
          },
        }),
      })
      const { errors } = (await response.json()) as { errors: { error: string }[] }
      return errors.map(({ error }) => error)
    }
    expect(await submitByToken()).toEqual([])
    const begun = performance.now()
    await acmeAdmin.ask(contract.disableUser, { params: { id }, headers: { 'if-match': '*' } })
    await until(submitByToken, (errors) => errors.length > 0)
    process.stdout.write(`  disabled → the token submits nothing: ${Math.round(performance.now() - begun)} ms\n`)
    expect((await inStep('uma')).access).toMatch(/no new jobs in acme|nothing/)
    await acmeAdmin.ask(contract.enableUser, { params: { id }, headers: { 'if-match': '*' } })
    await until(submitByToken, (errors) => errors.length === 0)
  })

  test('a change of role carries through, a delete takes all', async () => {
    const { id } = tenants.acme.user
    await runAs(state, 'slurm', 'scancel', ['-u', 'uma'])
    const change = (role: string) =>
      acmeAdmin.ask(contract.changeRole, {
        params: { id },
        headers: { 'if-match': '*' },
        body: { roleId: tenants.acme.tenant.roles.get(role) },
      })
    expect((await change('Help Desk')).status).toBe(200)
    await until(
      () => engineOf('uma'),
      (found) => found.state === 'in_step' && found.access === 'nothing',
      { seconds: 90 },
    )
    expect((await change('Tenant User')).status).toBe(200)
    await until(
      () => engineOf('uma'),
      (found) => found.state === 'in_step' && found.access === 'account acme',
    )
  })

  test('an administrator of the cluster, and somebody of another account, are never let in by their name', async () => {
    await house.person(tenants.acme.tenant, 'root', 'Tenant User')
    const failed = await until(
      () => engineOf('root'),
      (found) => found?.state === 'failed',
    )
    expect(failed.reason).toMatch(/administrator of this cluster/)
    await runAs(state, 'slurm', 'sacctmgr', ['-i', 'add', 'user', 'newbie', 'account=globex'])
    await house.person(tenants.acme.tenant, 'newbie', 'Tenant User')
    const foreign = await until(
      () => engineOf('newbie'),
      (found) => found?.state === 'failed',
    )
    expect(foreign.reason).toMatch(/somebody’s of another account/)
    expect(foreign.nextTryAt).not.toBeNull()
    const associations = await runAs(state, 'slurm', 'sacctmgr', [
      '-nP',
      'show',
      'assoc',
      'user=newbie,root',
      'format=account,user',
    ])
    expect(associations).not.toMatch(/acme/)
  })

  test('the commands that are shown hold the cluster itself to a quota, and to another one', async () => {
    const scope: contract.Scope = { kind: 'slurm', accounts: ['acme'], partitions: ['acme'], prefix: null }
    const none = { gpus: [], cpus: null, memoryMiB: null, storageGiB: null }
    const run = async (quota: contract.Quota) => {
      const [program = '', ...words] = (limitsAtEngine({ scope, quota }) ?? '').split(' ')
      return runAs(state, 'slurm', program, words)
    }
    const limits = async () => {
      const words = ['-nP', 'show', 'assoc', 'account=acme', 'user=', 'format=grptres']
      return (await runAs(state, 'slurm', 'sacctmgr', words)).trim().split(',').sort()
    }
    await run({ ...none, gpus: [{ model: 'H100', count: 1 }], cpus: 4, memoryMiB: 4000 })
    expect(await limits()).toEqual(['cpu=4', 'gres/gpu:h100=1', 'gres/gpu=1', 'mem=4000M'])
    const job = (await submit('uma', 'acme', '--gres=gpu:2', '--wrap', 'true')).trim()
    const reason = () => runAs(state, 'slurm', 'squeue', ['-h', '-j', job, '-o', '%r'])
    expect(await until(reason, (found) => /Assoc/.test(found))).toMatch(/AssocGrpGRES/)
    await run({ ...none, gpus: [{ model: 'H100', count: 8 }] })
    expect(await limits()).toEqual(['gres/gpu:h100=8', 'gres/gpu=8'])
    await until(reason, (found) => !/Assoc/.test(found))
  })

  test('what is withdrawn is gone from the dashboard at once, and from the cluster soon after', async () => {
    const { body } = await platform.ask(contract.listAllocations, { query: { tenant: tenants.globex.tenant.id } })
    await platform.ask(contract.withdrawAllocation, { params: { id: body.items[0].id } })
    expect((await cardOf(globex, 'slurm')).state).toBe('no_engine')
    await until(
      () => runAs(state, 'slurm', 'sacctmgr', ['-nP', 'show', 'assoc', 'format=account,user']),
      (associations) => !/gx-/.test(associations),
    )
  })

  test('all of it is on the record, without the credential', async () => {
    const { text } = await platform.ask(contract.listAuditEntries, { query: { limit: 200 } })
    expect(text).toMatch(/engine\.connected/)
    expect(text).not.toContain(readFileSync(state.jwtKeyFile).toString('base64').slice(0, 20))
    const acmes = await acmeAdmin.ask(contract.listAuditEntries, { query: { limit: 200 } })
    expect(acmes.text).toMatch(/engine_access\.given/)
    expect(acmes.text).toMatch(/allocation\.created/)
  })
})
