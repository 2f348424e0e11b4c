import { existsSync } from 'node:fs'
import type { NewJob } from '@tenantry/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureUser, runAs, type Slurm } from '../../dev/engines/slurm.mjs'
import { openEngine } from '../../packages/server/src/engines/index.ts'
import type {
  Engine,
  JobRunner,
  Person,
  ReadJob,
  WorkspaceHost,
  WorkspaceSpec,
} from '../../packages/server/src/engines/port.ts'
import { readAllowed } from '../../packages/server/src/platform/config/allowed.ts'
import { bringUp, type Running, until } from '../support/engines.ts'
import { acme, globex, job, person, refusal } from '../support/slurm.ts'

const slurm = await bringUp<Slurm>('slurm')
if ('missing' in slurm) process.stdout.write(`NOT RUN: jobs and workspaces on a real Slurm. ${slurm.missing}\n`)

const wanda = person('wanda')
const wilma = person('wilma')
const gus = person('gus', 'globex')
const signal = () => AbortSignal.timeout(20_000)

describe.skipIf('missing' in slurm)('jobs and workspaces of a real Slurm, each as the person it is for', () => {
  const { state, down } = slurm as Running<Slurm>
  let engine: Engine
  let jobs: JobRunner
  let workspaces: WorkspaceHost
  let timeout: string

  const submit = (who: Person, ...words: Parameters<typeof job>) => jobs.submit(acme, who, job(...words), signal())
  const listed = async (scope = acme): Promise<ReadJob[]> =>
    (await engine.snapshot([acme, globex], signal()))[scope === acme ? 0 : 1]?.jobs ?? []
  const one = async (id: string) => (await listed()).find(({ nativeId }) => nativeId === id)
  const ended = (id: string, seconds = 30) =>
    until(
      () => one(id),
      (found) => found?.endReason != null,
      { seconds },
    )
  const whole = async (who: Person, nativeId: string, from = 0): Promise<string> => {
    const pieces: Buffer[] = []
    const asked = { nativeId, stream: 'stdout', from, follow: false } as const
    for await (const { bytes } of jobs.output(acme, who, asked, signal())) pieces.push(bytes)
    return Buffer.concat(pieces).toString('utf8')
  }
  beforeAll(async () => {
    for (const name of ['wanda', 'wilma', 'gx-gus', 'newbie']) await ensureUser(name)
    // A cluster that is new counts its jobs from 1 on: what one before wrote into a home is not theirs.
    for (const name of ['wanda', 'wilma'])
      await runAs(state, name, 'sh', ['-c', `rm -rf /home/${name}/*.out /home/${name}/.ws-*`])
    const { address, credential } = state
    engine = openEngine({ kind: 'slurm', address, ca: null, credential, allowed: readAllowed(['127.0.0.1']) })
    jobs = engine.jobs as JobRunner
    workspaces = engine.workspaces as WorkspaceHost
    await engine.snapshot([acme, globex], signal())
    for (const who of [wanda, wilma]) await engine.carryThrough?.(acme, who, signal())
    await engine.carryThrough?.(globex, gus, signal())
    // The controller hears of new associations in its own time.
    timeout = await until(
      () => submit(wanda, 'long', 'echo begun; sleep 600', { minutes: 1 }).catch(() => ''),
      (id) => id !== '',
      { seconds: 20 },
    )
  })
  afterAll(async () => {
    engine?.close()
    await down()
  })

  test('it says what it can do', async () => {
    const probe = await engine.probe(signal())
    expect(probe.capabilities).toEqual(['jobs', 'access', 'submit', 'output', 'workspaces'])
  })

  test('a person chooses from what Slurm takes from them, and nothing else', async () => {
    const choices = await jobs.choices(acme, wanda, signal())
    expect(choices.combinations).toEqual([
      { where: 'acme', account: 'acme', qos: 'normal' },
      { where: 'acme', account: 'acme', qos: 'high' },
    ])
    expect(choices.places).toEqual([
      {
        name: 'acme',
        open: true,
        nodes: 1,
        cpus: 16,
        memoryMiB: 64_000,
        gpus: [{ model: 'h100', perNode: 8, total: 8, free: 8 }],
        defaultMinutes: null,
        maxMinutes: null,
      },
    ])
    const others = await jobs.choices(globex, gus, signal())
    expect(others.combinations.map(({ where, account }) => `${where} ${account}`)).toEqual([
      'globex globex',
      'cpu globex',
    ])
    expect(await refusal(jobs.choices(acme, person('newbie'), signal()))).toEqual([
      'refused',
      expect.stringMatching(/newbie is in no account yet/),
    ])
  })

  test('every choice is taken, and as the person', async () => {
    for (const { where, account, qos } of (await jobs.choices(acme, wilma, signal())).combinations) {
      const id = await submit(wilma, 'chosen', 'id -un', { where, account, qos })
      expect(await ended(id)).toMatchObject({ owner: 'wilma', account, qos, endReason: 'COMPLETED', exitCode: 0 })
      expect(await whole(wilma, id)).toBe('wilma\n')
    }
  })

  test('a job on 2 of 8 GPUs gets those two, and is read with all it has', async () => {
    const script = 'echo "$CUDA_VISIBLE_DEVICES|$HOME|$PWD|$MINE"; sleep 600'
    const environment = { MINE: 'a "b"  c' }
    const id = await submit(wanda, 'train', script, {
      gpus: { model: 'h100', count: 2 },
      cpus: 2,
      qos: 'high',
      environment,
    })
    const read = await until(
      () => one(id),
      (found) => found?.state === 'running',
      { seconds: 20 },
    )
    expect(read).toMatchObject({
      name: 'train',
      owner: 'wanda',
      where: 'acme',
      account: 'acme',
      qos: 'high',
      gpus: 2,
      gpuModels: [{ model: 'h100', count: 2 }],
      cpus: 2,
      memoryMiB: 200,
      nodeCount: 1,
      nodes: ['gpu1'],
      timeLimitMinutes: 10,
      array: null,
      endedAt: null,
      endReason: null,
    })
    expect(read?.startedAt).not.toBeNull()
    const text = await until(
      () => whole(wanda, id).catch(() => ''),
      (found) => found.endsWith('\n'),
    )
    expect(text).toMatch(/^\d,\d\|\/home\/wanda\|\/home\/wanda\|a "b" {2}c\n$/)
    const detail = await jobs.detail(acme, id, signal())
    expect(detail).toMatchObject({ workingDirectory: '/home/wanda', standardOutput: `/home/wanda/train-${id}.out` })
    // What a job needs that waits is what is asked for.
    const big = await submit(wanda, 'big', 'true', { gpus: { model: '', count: 7 } })
    const waits = await until(
      () => one(big),
      (found) => found?.state === 'pending' && found.expectedStart !== null,
    )
    expect(waits).toMatchObject({ gpus: 7, startedAt: null, nodes: [] })
    for (const each of [big, id]) await jobs.cancel(acme, wanda, each, signal())
    expect(await ended(id)).toMatchObject({ state: 'stopped', endReason: 'CANCELLED', signal: 15 })
    // Done already is done.
    await jobs.cancel(acme, wanda, id, signal())
  })

  test('nobody reads or cancels what is another’s, and nobody learns what is another tenant’s', async () => {
    const id = await submit(wanda, 'mine', 'echo secret; sleep 600')
    await until(
      () => whole(wanda, id).catch(() => ''),
      (found) => found === 'secret\n',
    )
    expect((await refusal(whole(wilma, id)))[0]).toBe('refused')
    expect((await refusal(jobs.cancel(acme, wilma, id, signal())))[0]).toBe('refused')
    for (const ask of [
      () => jobs.detail(globex, id, signal()),
      () => jobs.cancel(globex, gus, id, signal()),
      () => jobs.cancel(globex, null, id, signal()),
      () => jobs.detail(globex, '999999', signal()),
      () => jobs.detail(globex, '../jobs', signal()),
    ]) {
      expect(await refusal(ask())).toEqual(['not_found', 'There is no such job.'])
    }
    expect((await one(id))?.state).toBe('running')
    expect((await listed(globex)).length).toBe(0)
    await jobs.cancel(acme, null, id, signal())
    expect(await ended(id)).toMatchObject({ state: 'stopped' })
  })

  test('what Slurm or the scope does not permit is refused in words, and nothing of it stays in the queue', async () => {
    const ask = (more: Partial<NewJob>) => refusal(submit(wanda, 'refused', 'true', more))
    expect(await ask({ where: 'globex' })).toEqual(['not_found', 'There is no partition globex.'])
    expect(await ask({ where: 'gpu' })).toEqual(['not_found', 'There is no partition gpu.'])
    expect(await ask({ account: 'globex' })).toEqual(['refused', 'You cannot use the account globex in acme.'])
    expect(await ask({ qos: 'nosuch' })).toEqual(['refused', expect.stringMatching(/QOS nosuch/)])
    const many = await ask({ gpus: { model: 'h100', count: 9 } })
    expect(many).toEqual(['refused', expect.stringMatching(/^No node of the partition has that many/)])
    expect((await ask({ gpus: { model: 'h100:1,gpu:h100', count: 1 } }))[0]).toBe('refused')
    expect(await ask({ workingDirectory: '/nosuch' })).toEqual(['refused', expect.stringMatching(/no folder \/nosuch/)])
    const queue = await runAs(state, 'slurm', 'squeue', ['-h', '-n', 'refused'])
    expect(queue).toBe('')
  })

  test('an array is read as what waits and tasks, and cancelled task by task or whole', async () => {
    const id = await submit(wanda, 'sweep', 'echo task $SLURM_ARRAY_TASK_ID; sleep 600', { array: '0-9%2' })
    const ofArray = async () => (await listed()).filter(({ array }) => array?.native === id)
    const two = await until(ofArray, (all) => all.filter(({ state }) => state === 'running').length === 2, {
      seconds: 20,
    })
    const waiting = two.find(({ nativeId }) => nativeId === id)
    expect(waiting).toMatchObject({ state: 'pending', array: { task: null, waiting: '2-9%2', waitingCount: 8 } })
    expect(two.map(({ nativeId }) => nativeId).sort()).toEqual([id, `${id}_0`, `${id}_1`])
    const text = await until(
      () => whole(wanda, `${id}_1`).catch(() => ''),
      (found) => found !== '',
    )
    expect(text).toBe('task 1\n')
    expect((await jobs.detail(acme, `${id}_1`, signal())).standardOutput).toBe(`/home/wanda/sweep-${id}_1.out`)
    await jobs.cancel(acme, wanda, `${id}_5`, signal())
    await jobs.cancel(acme, wanda, `${id}_0`, signal())
    const fewer = await until(ofArray, (all) => all.some(({ nativeId }) => nativeId === `${id}_2`), { seconds: 20 })
    expect(fewer.find(({ nativeId }) => nativeId === id)?.array).toMatchObject({ waitingCount: 6 })
    await jobs.cancel(acme, wanda, id, signal())
    await until(ofArray, (all) => all.every(({ state }) => state === 'stopped'), { seconds: 20 })
  })

  test('output goes on as it grows, from any byte, and errors have a name', async () => {
    const id = await submit(wanda, 'talk', 'for n in 1 2 3 4; do echo line $n; sleep 1; done')
    await until(
      () => whole(wanda, id).catch(() => ''),
      (found) => found !== '',
    )
    const enough = new AbortController()
    let text = ''
    const asked = { nativeId: id, stream: 'stdout', from: 0, follow: true } as const
    for await (const { bytes, from, size } of jobs.output(acme, wanda, asked, enough.signal)) {
      expect([from, size >= from + bytes.length]).toEqual([text.length, true])
      text += bytes.toString('utf8')
      if (text.includes('line 4\n')) enough.abort()
    }
    expect(text).toBe('line 1\nline 2\nline 3\nline 4\n')
    expect(await whole(wanda, id, -7)).toBe('line 4\n')
    const none = await submit(wanda, 'quiet', 'rm -f "$HOME/quiet-$SLURM_JOB_ID.out"')
    await ended(none)
    expect(await refusal(whole(wanda, none))).toEqual(['not_found', expect.any(String)])
  })

  test('why a job ended is named, by the controller and by accounting', async () => {
    const eats = 'python3 -c "x=[bytearray(20<<20) for _ in range(60)]; import time; time.sleep(60)"'
    const memory = await submit(wanda, 'eats', eats, { memoryMiB: 100 })
    const failed = await submit(wanda, 'fails', 'exit 3')
    expect(await ended(failed)).toMatchObject({ state: 'failed', endReason: 'FAILED', exitCode: 3, signal: null })
    expect(await ended(memory, 60)).toMatchObject({ state: 'failed', endReason: 'OUT_OF_MEMORY' })
    expect(await ended(timeout, 110)).toMatchObject({ state: 'failed', endReason: 'TIMEOUT', timeLimitMinutes: 1 })
    const since = new Date(Date.now() - 3_600_000)
    const wanted = [memory, failed, timeout]
    const history = await until(
      async () => (await jobs.history?.(acme, since, signal())) ?? [],
      (all) => wanted.every((id) => all.some(({ nativeId }) => nativeId === id)),
    )
    const reasons = wanted.map((id) => history.find(({ nativeId }) => nativeId === id)?.endReason)
    expect(reasons).toEqual(['OUT_OF_MEMORY', 'FAILED', 'TIMEOUT'])
    const array = history.filter((each) => each.array !== null && each.name === 'sweep')
    expect(array.some(({ array: of }) => of?.task === 1)).toBe(true)
    expect(history.find(({ name }) => name === 'train')).toMatchObject({
      owner: 'wanda',
      gpus: 2,
      gpuModels: [{ model: 'h100', count: 2 }],
      memoryMiB: 200,
      qos: 'high',
      endReason: 'CANCELLED',
    })
    expect(await jobs.history?.(globex, since, signal())).toEqual([])
    expect(await jobs.history?.(acme, new Date(Date.now() + 60_000), signal())).toEqual([])
  })

  describe('a workspace', () => {
    const spec: WorkspaceSpec = {
      name: 'ws-test1',
      image: null,
      command: null,
      cpus: 1,
      memoryMiB: 1_000,
      accelerator: { kind: 'gpu', model: 'H100', count: 1 },
      volume: { name: 'vol-one', sizeGiB: 1 },
      datasets: [{ name: 'etc', source: '/etc' }],
      placement: { where: 'acme', account: null, qos: null, minutes: 30 },
      environment: { EXTRA: '1' },
      secret: 'a-secret-of-forty-characters-0123456789ab',
    }
    const read = (handle: string | null) => workspaces.read(acme, wanda, spec, handle, signal())

    test('it starts once, gets ready, answers to its secret alone, says who works, and stop leaves nothing', async () => {
      expect(await read(null)).toMatchObject({ phase: 'missing' })
      const begun = performance.now()
      const { handle } = await workspaces.start(acme, wanda, spec, null, signal())
      const again = await workspaces.start(acme, wanda, spec, null, signal())
      expect([again.handle, handle]).toEqual([handle, expect.stringMatching(/^\d+$/)])
      const ready = await until(
        () => read(handle),
        ({ phase }) => phase === 'ready' || phase === 'failed',
        { seconds: 60 },
      )
      process.stdout.write(`  asked for → ready: ${Math.round(performance.now() - begun)} ms\n`)
      expect(ready).toMatchObject({ phase: 'ready', handle, address: { host: '127.0.0.1' } })
      const at = `http://${ready.address?.host}:${ready.address?.port}`
      const status = (headers: Record<string, string>) => fetch(`${at}/api/status`, { headers })
      expect((await status({ authorization: `token ${spec.secret}` })).status).toBe(200)
      expect((await status({})).status).toBe(403)
      const contents = await fetch(`${at}/api/contents/datasets/etc`, {
        headers: { authorization: `token ${spec.secret}` },
      })
      expect(contents.status).toBe(200)

      const seen = await runAs(state, 'wilma', 'sh', [
        '-c',
        'ps axww -o args; scontrol show job; cat /home/wanda/.ws-test1.log; true',
      ])
      expect(seen).toContain('--ip=127.0.0.1')
      expect(seen).not.toContain(spec.secret)

      expect(await workspaces.use(acme, wanda, spec, handle, signal())).toEqual({ gpuPercent: null, children: [] })
      const child = await submit(wanda, 'from-within', 'sleep 600')
      await until(
        () => one(child),
        (found) => found?.state === 'running',
      )
      const { children } = await workspaces.use(acme, wanda, spec, handle, signal())
      expect(children).toEqual([`job ${child} from-within`])
      await jobs.cancel(acme, wanda, child, signal())

      const enough = new AbortController()
      let log = ''
      for await (const text of workspaces.logs(acme, wanda, spec, handle, AbortSignal.any([enough.signal, signal()]))) {
        log += text
        if (/is running at|Serving notebooks/.test(log)) enough.abort()
      }
      expect(log).not.toMatch(/TENANTRY_/)
      expect(log).not.toContain(spec.secret)

      expect((await workspaces.stop(acme, wanda, spec, handle, signal())).phase).toBe('stopping')
      await until(
        () => workspaces.stop(acme, wanda, spec, handle, signal()),
        ({ phase }) => phase === 'missing',
        { seconds: 30 },
      )
      expect(await read(handle)).toMatchObject({ phase: 'missing' })
      await expect(status({})).rejects.toThrow()
      await workspaces.remove(acme, wanda, spec, handle, signal())
      const left = ['.ws-test1.log', '.ws-test1.use', 'workspaces/vol-one/datasets'].filter((name) =>
        existsSync(`/home/wanda/${name}`),
      )
      expect(left).toEqual([])
      // The volume stays, and says where it is.
      const volume = { name: 'vol-one', where: 'acme' }
      expect(await refusal(workspaces.removeVolume(acme, wanda, volume, signal()))).toEqual([
        'refused',
        expect.stringMatching(/\/home\/wanda\/workspaces\/vol-one of wanda/),
      ])
      await runAs(state, 'wanda', 'rm', ['-r', '/home/wanda/workspaces/vol-one'])
      await workspaces.removeVolume(acme, wanda, volume, signal())
    })

    test('one that waits says why, one whose server ends says so, and who may use the cluster no more is stopped all the same', async () => {
      const big = { ...spec, name: 'ws-big', accelerator: { kind: 'gpu', model: 'h100', count: 8 } } as const
      const block = await submit(wanda, 'block', 'sleep 600', { gpus: { model: 'h100', count: 1 } })
      await until(
        () => one(block),
        (found) => found?.state === 'running',
      )
      const { handle } = await workspaces.start(acme, wanda, big, null, signal())
      const queued = await until(
        () => workspaces.read(acme, wanda, big, handle, signal()),
        ({ reason }) => /waits for free resources.*Expected to start/.test(reason ?? ''),
      )
      expect(queued.phase).toBe('queued')
      await workspaces.stop(acme, wanda, big, handle, signal())
      await jobs.cancel(acme, wanda, block, signal())

      const broken = { ...spec, name: 'ws-broken', accelerator: null, command: 'false' }
      const started = await workspaces.start(acme, wanda, broken, null, signal())
      const failed = await until(
        () => workspaces.read(acme, wanda, broken, started.handle, signal()),
        ({ phase }) => phase === 'failed',
        { seconds: 30 },
      )
      expect(failed.reason).toBe('Its server ended by itself (exit code 1).')
      // It can be started again.
      const third = await workspaces.start(acme, wanda, { ...broken, command: 'sleep 600' }, started.handle, signal())
      expect(third.handle).not.toBe(started.handle)
      await engine.carryThrough?.(acme, { ...wanda, mayUse: false }, signal())
      await until(
        () => workspaces.stop(acme, wanda, broken, third.handle, signal()),
        ({ phase }) => phase === 'missing',
        { seconds: 30 },
      )
    })
  })
})
