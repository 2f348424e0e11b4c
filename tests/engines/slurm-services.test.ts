import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureUser, runAs, type Slurm } from '../../dev/engines/slurm.mjs'
import { bringUp, type Running, until } from '../support/engines.ts'

const slurm = await bringUp<Slurm>('slurm')
if ('missing' in slurm)
  process.stdout.write(`NOT RUN: the token broker and the log agent beside a real Slurm. ${slurm.missing}\n`)

const boundsMemory = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')
if (!boundsMemory)
  process.stdout.write(
    'NOT RUN: whether a job that takes too much memory ends as OUT_OF_MEMORY. There is no cgroup v1 for memory.\n',
  )

describe.skipIf('missing' in slurm)('beside a real Slurm', () => {
  const { state, folder, down } = slurm as Running<Slurm>
  const { credential } = state
  /** Of this run alone: others may use the same homes. */
  const mark = `tt-${process.pid}-${Date.now()}`

  beforeAll(async () => {
    for (const [user, account] of [
      ['uma', 'acme'],
      ['gx-uma', 'globex'],
    ] as const) {
      await ensureUser(user)
      await runAs(state, 'slurm', 'sacctmgr', ['-i', 'add', 'user', user, `account=${account}`])
    }
  })
  afterAll(async () => {
    await runAs(state, 'uma', 'sh', ['-c', 'rm -f "$1"/*"$2"*', 'sh', home('uma'), mark])
    await down()
  })

  const home = (user: string) => execFileSync('getent', ['passwd', user], { encoding: 'utf8' }).split(':')[5] as string

  const askBroker = async (user: string, seconds = 60) => {
    const response = await fetch(`${credential.brokerUrl}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential.brokerSecret}` },
      body: JSON.stringify({ user, seconds }),
    })
    const body = (await response.json()) as { token: string; error?: string }
    return { status: response.status, ...body }
  }

  const askAgent = (way: string, query: Record<string, string>) =>
    fetch(`${credential.logAgentUrl}/v1/${way}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${credential.logAgentSecret}` },
    })

  const askRest = async (user: string, token: string, path: string, body?: object) => {
    const response = await fetch(`${state.address}/slurm/v0.0.38${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'x-slurm-user-name': user, 'x-slurm-user-token': token, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { errors: [{ error: text }] } }
  }

  /** Answers the id of a job that runs `lines` as somebody, by a token of the broker's. */
  const submit = async (user: string, lines: string, more: object = {}) => {
    const { token } = await askBroker(user)
    const job = {
      name: mark,
      account: 'acme',
      partition: 'acme',
      time_limit: 5,
      memory_per_node: 100,
      environment: { PATH: '/usr/bin:/bin' },
      current_working_directory: home('uma'),
      standard_output: `${home('uma')}/%x-%j.out`,
      ...more,
    }
    return askRest(user, token, '/job/submit', { job, script: `#!/bin/sh\n${lines}\n` })
  }
  const jobOf = async (id: number) => {
    const { token } = await askBroker('slurm')
    const { body } = await askRest('slurm', token, `/job/${id}`)
    return body.jobs[0] as { job_state: string; state_reason: string; user_name: string; qos: string }
  }
  const inState = (id: number, ...states: string[]) =>
    until(
      () => jobOf(id),
      (job) => states.includes(job.job_state),
      { seconds: 60 },
    )

  test('the key is read by nobody but the cluster’s own user, and the secrets by whom they are for', () => {
    for (const [name, owner] of [
      [state.jwtKeyFile, 'slurm'],
      [state.broker.secretFile, 'slurm'],
      [state.logAgent.secretFile, 'root'],
      [join(folder, 'state.json'), 'root'],
    ] as const) {
      const { mode, uid } = statSync(name)
      const [, , ownerUid] = (
        readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${owner}:.*`, 'm'))?.[0] ?? ''
      ).split(':')
      expect([name, mode & 0o777, uid]).toEqual([name, 0o600, Number(ownerUid)])
    }
  })

  test('a person’s token submits as the person', async () => {
    const { status, body } = await submit('uma', 'true')
    expect([status, body.errors]).toEqual([200, []])
    expect(await inState(body.job_id, 'COMPLETED')).toMatchObject({ user_name: 'uma' })
  })

  test('a person’s token is worth nothing under another name, and none is made for the system', async () => {
    const { token } = await askBroker('uma')
    const asRoot = await askRest('slurm', token, '/diag')
    expect(asRoot.body.errors.length).toBeGreaterThan(0)
    for (const user of ['root', 'nobody', 'munge', 'nobody-has-this-name'])
      expect([user, await askBroker(user)]).toEqual([
        user,
        expect.objectContaining({ status: 403, error: 'user_refused' }),
      ])
    expect((await askBroker('-u root')).status).toBe(400)
  })

  test('the output of a job is read as it grows, by its owner and nobody else', async () => {
    const go = `${home('uma')}/${mark}.go`
    const { body } = await submit('uma', `echo one; while [ ! -e ${go} ]; do sleep 0.1; done; echo two`)
    const path = `${home('uma')}/${mark}-${body.job_id}.out`
    await inState(body.job_id, 'RUNNING')
    const response = await until(
      () => askAgent('file', { user: 'uma', path, follow: 'true' }),
      ({ status }) => status === 200,
    )
    const pieces = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>
    let text = ''
    const read = async (end: string) => {
      while (!text.endsWith(end)) text += Buffer.from((await pieces.read()).value ?? []).toString()
      return text
    }
    expect(await read('one\n')).toBe('one\n')
    for (const [user, error] of [
      ['gx-uma', 'forbidden'],
      ['root', 'user_refused'],
    ] as const) {
      const refused = await askAgent('file', { user, path })
      expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([403, error])
      expect((await askAgent('stat', { user, path })).status).toBe(403)
    }
    await runAs(state, 'uma', 'touch', [go])
    expect(await read('two\n')).toBe('one\ntwo\n')
    await pieces.cancel()
    expect(await (await askAgent('stat', { user: 'uma', path })).json()).toMatchObject({ size: 8 })
    expect(await (await askAgent('person', { user: 'uma' })).json()).toEqual({ home: home('uma') })
  })

  test('a choice of an account and a QOS is real', async () => {
    const { body } = await submit('uma', 'true', { qos: 'high' })
    expect(await inState(body.job_id, 'COMPLETED')).toMatchObject({ qos: 'high' })
    const refused = await submit('gx-uma', 'true', {
      account: 'globex',
      partition: 'globex',
      qos: 'high',
      standard_output: '/dev/null',
    })
    expect(refused.body.errors).toEqual([expect.objectContaining({ error: 'Invalid qos specification' })])
  })

  test.skipIf(!boundsMemory)('a job that takes more memory than it asked for ends as OUT_OF_MEMORY', async () => {
    const { body } = await submit('uma', 'perl -e \'$x = "x" x 400_000_000; print length $x\'')
    expect(await inState(body.job_id, 'OUT_OF_MEMORY', 'COMPLETED', 'FAILED')).toMatchObject({
      job_state: 'OUT_OF_MEMORY',
    })
    const states = await until(
      () => runAs(state, 'slurm', 'sacct', ['-nPX', '-j', String(body.job_id), '-o', 'state']),
      (found) => !/RUNNING|PENDING/.test(found),
    )
    expect(states.trim()).toBe('OUT_OF_MEMORY')
  })

  test('a job whose time is over ends as TIMEOUT', async () => {
    const { body } = await submit('uma', 'sleep 300', { time_limit: 1 })
    await inState(body.job_id, 'RUNNING')
    await runAs(state, 'slurm', 'scontrol', ['update', `jobid=${body.job_id}`, 'EndTime=now'])
    expect(await inState(body.job_id, 'TIMEOUT', 'FAILED', 'CANCELLED')).toMatchObject({
      job_state: 'TIMEOUT',
      state_reason: 'TimeLimit',
    })
  })

  test('everything is on the record of both, and no secret is', async () => {
    const { token } = await askBroker('uma')
    const [broker, agent] = ['token-broker', 'log-agent'].map((name) => readFileSync(join(folder, 'log', name), 'utf8'))
    expect(broker).toMatch(/"user":"uma","seconds":60,"result":"issued"|"user":"uma".*"result":"issued"/)
    expect(broker).toMatch(/"user":"root".*"result":"user_refused"/)
    expect(agent).toMatch(/"user":"uma".*"result":"opened"/)
    expect(agent).toMatch(/"user":"gx-uma".*"result":"forbidden"/)
    const key = readFileSync(state.jwtKeyFile)
    for (const secret of [credential.brokerSecret, credential.logAgentSecret, token, key.toString('base64')])
      expect(`${broker}${agent}`).not.toContain(secret)
  })

  test('nothing outlives the cluster: neither its jobs nor who follows them', async () => {
    const { body } = await submit('uma', `exec sleep 54321${process.pid}`)
    await inState(body.job_id, 'RUNNING')
    const path = `${home('uma')}/${mark}-${body.job_id}.out`
    const followed = await until(
      () => askAgent('file', { user: 'uma', path, follow: 'true' }),
      ({ status }) => status === 200,
    )
    const left = () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return (
            /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').match(`54321${process.pid}|${folder}`)
          )
        } catch {
          return false
        }
      })
    // The job, who follows its output, and daemons that name their folder.
    expect(left().length).toBeGreaterThan(3)
    await down()
    await until(
      async () => left(),
      (found) => found.length === 0,
    )
    // What followed it has ended too: its answer is over.
    await followed.text().catch(() => {})
  })
})
