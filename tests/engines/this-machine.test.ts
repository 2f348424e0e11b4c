import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scope } from '@tenantry/contract'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { install } from '../../dev/engines/jupyter.mjs'
import { openEngine } from '../../packages/server/src/engines/index.ts'
import type { WorkspaceHost, WorkspaceReading, WorkspaceSpec } from '../../packages/server/src/engines/port.ts'
import { askNotebook } from '../../packages/server/src/features/workspaces/notebook.ts'
import { readAllowed } from '../../packages/server/src/platform/config/allowed.ts'
import { until } from '../support/engines.ts'
import { askServer, type NotebookServer, openSocket, runCell } from '../support/notebook.ts'

const missing = await install()
if (missing) process.stdout.write(`NOT RUN: workspaces on this machine. ${missing}\n`)
const isRoot = process.getuid?.() === 0
if (!isRoot) process.stdout.write('NOT RUN: that workspaces are users of their own, because this is not root.\n')

const secret = 'a-secret-of-this-workspace-alone'
const scope = { kind: 'this_machine' } as const
const person = { username: 'uma', tenant: 'acme', mayUse: true, mayManage: false }
const signal = () => AbortSignal.timeout(20_000)

describe.skipIf(missing)('workspaces on this machine, with a real Jupyter', () => {
  let folder: string
  let host: WorkspaceHost
  const made = new Map<string, WorkspaceSpec>()

  /** Another connector on the same folder knows nothing but what is written there: as after a restart. */
  const connector = (): WorkspaceHost => {
    const opening = { kind: 'this_machine', address: null, ca: null, credential: { type: 'none' } } as const
    const engine = openEngine({ ...opening, allowed: readAllowed([]), localWorkspaces: { folder } })
    return engine.workspaces as WorkspaceHost
  }
  const specOf = (name: string, more: Partial<WorkspaceSpec> = {}): WorkspaceSpec => {
    const spec: WorkspaceSpec = {
      name,
      image: null,
      command: null,
      cpus: 1,
      memoryMiB: 1024,
      accelerator: null,
      volume: null,
      datasets: [],
      placement: { where: '', account: null, qos: null, minutes: null },
      environment: {},
      secret,
      ...more,
    }
    made.set(name, spec)
    return spec
  }
  const start = (spec: WorkspaceSpec, handle: string | null = null) => host.start(scope, person, spec, handle, signal())
  const read = (spec: WorkspaceSpec, handle: string | null = null) => host.read(scope, person, spec, handle, signal())
  const ready = async (spec: WorkspaceSpec) => {
    await start(spec)
    const reading = await until(
      () => read(spec),
      ({ phase }) => phase === 'ready' || phase === 'failed',
      { seconds: 60 },
    )
    if (!reading.address) throw new Error(reading.reason ?? reading.phase)
    return { ...reading.address, secret }
  }
  const stopped = (spec: WorkspaceSpec): Promise<WorkspaceReading> =>
    until(
      () => host.stop(scope, person, spec, null, signal()),
      ({ phase }) => phase === 'missing',
    )
  /** What runs with the mark of a workspace, by all that the machine shows. */
  const running = (name: string) =>
    readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${join(folder, 'run', name)}\0`)
      } catch {
        return false
      }
    })
  const pidOf = ({ handle }: WorkspaceReading) => Number(handle?.split(':')[0])
  /** Says a line to a terminal that is opened for it. */
  const inTerminal = async (server: NotebookServer, line: string) => {
    const { name } = await askServer(server, 'POST', '/api/terminals')
    const terminal = await openSocket(server, `/terminals/websocket/${name}`)
    terminal.say(['stdin', `${line}\r`])
    return { name, ...terminal }
  }

  beforeAll(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'tenantry-workspaces-')), 'workspaces')
    execFileSync('chmod', ['o+x', join(folder, '..')])
    host = connector()
  })
  afterEach(async () => {
    const removed = [...made.values()].map((spec) => host.remove(scope, person, spec, null, signal()))
    made.clear()
    // One that cannot be removed keeps none of the others.
    const failed = (await Promise.allSettled(removed)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  })
  afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

  test('it starts once, however often it is asked for, answers, and is found again after a restart', async () => {
    const spec = specOf('ws-one')
    const at = performance.now()
    const readings = await Promise.all([
      start(spec),
      connector().start(scope, person, spec, null, signal()),
      start(spec),
    ])
    expect(readings.map(({ phase }) => phase)).toEqual(['starting', 'starting', 'starting'])
    const reading = await until(
      () => read(spec),
      ({ phase }) => phase === 'ready',
      { seconds: 60 },
    )
    const took = Math.round(performance.now() - at)
    expect(reading.handle).toMatch(/^\d+:\d+:\d+$/)
    expect(running('ws-one')).toEqual([String(pidOf(reading))])
    const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pidOf(reading)}/status`, 'utf8'))?.[1]
    process.stdout.write(`Jupyter: ready after ${took} ms, ${Math.round(Number(resident) / 1024)} MiB\n`)

    const { host: name, port } = reading.address as NonNullable<typeof reading.address>
    expect((await fetch(`http://${name}:${port}/api/status`)).status).toBe(403)
    expect(await askServer({ host: name, port, secret }, 'GET', '/api/status')).toMatchObject({ kernels: 0 })
    // As our proxy passes it on: host and origin are its own.
    const page = await fetch(`http://${name}:${port}/tree`, { headers: { authorization: `token ${secret}` } })
    expect([page.status, page.url]).toEqual([200, `http://${name}:${port}/tree`])

    const other = connector()
    const found = await other.read(scope, person, spec, reading.handle, signal())
    expect(found).toMatchObject({ phase: 'ready', handle: reading.handle, address: reading.address })
    expect(await other.start(scope, person, spec, null, signal())).toMatchObject({ handle: reading.handle })
    expect(running('ws-one')).toHaveLength(1)
  })

  test.runIf(isRoot)('as root, each home is a user’s of its own, who is not root and may not become it', async () => {
    const status = async (name: string) => {
      const spec = specOf(name)
      await ready(spec)
      return readFileSync(`/proc/${pidOf(await read(spec))}/status`, 'utf8')
    }
    const [one, two] = [await status('ws-one'), await status('ws-two')]
    const uid = (text: string) => Number(/^Uid:\s+(\d+)/m.exec(text)?.[1])
    expect(uid(one)).toBeGreaterThan(1_000_000)
    expect(uid(two)).not.toBe(uid(one))
    for (const text of [one, two]) {
      expect(text).toMatch(/^Groups:\s*$/m)
      expect(text).toMatch(/^NoNewPrivs:\s+1$/m)
      expect(text).toMatch(/^CapEff:\s+0+$/m)
    }
    const home = statSync(join(folder, 'scratch', 'ws-one'))
    expect([home.uid, home.mode & 0o777]).toEqual([uid(one), 0o700])
  })

  test('its secret is in no argument, no file that others can read, and not in its log', async () => {
    const spec = specOf('ws-hush', { volume: { name: 'ws-hushhome', sizeGiB: 1 } })
    const server = await ready(spec)
    const pid = pidOf(await read(spec))
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(secret)
    const cell = await runCell(server, 'import os; os.write(1, b"x" + os.environ["JUPYTER_TOKEN"].encode() + b"y\\n")')
    await until(
      async () => readFileSync(join(folder, 'run/ws-hush/log'), 'utf8'),
      (log) => log.includes(secret),
    )
    cell.close()
    const enough = new AbortController()
    let told = ''
    for await (const piece of host.logs(scope, person, spec, null, AbortSignal.any([enough.signal, signal()]))) {
      told += piece
      if (told.includes('x…y')) enough.abort()
    }
    expect(told).toContain('x…y')
    expect(told).not.toContain(secret)
    await stopped(spec)
    // The volume outlives it, and may be handed to somebody else.
    const kept = execFileSync('sh', ['-c', `grep -rl ${secret} "$0" || true`, join(folder, 'volumes')], {
      encoding: 'utf8',
    })
    expect(kept).toBe('')
    expect(existsSync(join(folder, 'run/ws-hush/runtime'))).toBe(false)
    await host.removeVolume(scope, person, { name: 'ws-hushhome', where: '' }, signal())
    expect(readdirSync(join(folder, 'volumes'))).toEqual([])
  })

  test('a kernel is seen to be busy while it computes, and idle after', async () => {
    const spec = specOf('ws-busy')
    const server = await ready(spec)
    const kernels = async () => (await askNotebook(server, secret, () => true, signal()))?.kernels ?? []
    const flag = join(folder, 'scratch/ws-busy/go')
    const cell = await runCell(server, 'import os\nwhile not os.path.exists("go"): pass')
    const [busy] = await until(kernels, ([kernel]) => kernel?.state === 'busy')
    expect(busy).toMatchObject({ connections: 1, lastActivity: expect.stringMatching(/^20.*Z$/) })
    // Busy kernels are what the server tells of; they are no children.
    expect(await host.use(scope, person, spec, null, signal())).toEqual({ gpuPercent: null, children: [] })
    writeFileSync(flag, '')
    await until(kernels, ([kernel]) => kernel?.state === 'idle')
    cell.close()
    await until(kernels, ([kernel]) => kernel?.connections === 0)
  })

  test('what was left running behind a closed terminal is seen while it computes, and ended with the workspace', async () => {
    const spec = specOf('ws-child')
    const server = await ready(spec)
    const home = join(folder, 'scratch/ws-child')
    writeFileSync(
      join(home, 'train.py'),
      'import os, time\nopen("begun", "w").close()\nwhile not os.path.exists("rest"): pass\ntime.sleep(600)\n',
    )
    execFileSync('chmod', ['a+r', join(home, 'train.py')])
    const terminal = await inTerminal(server, 'nohup setsid python3 train.py --token hunter2 >/dev/null 2>&1 &')
    await until(async () => existsSync(join(home, 'begun')), Boolean)
    terminal.close()
    await askServer(server, 'DELETE', `/api/terminals/${terminal.name}`)
    expect((await askNotebook(server, secret, () => true, signal()))?.terminals).toEqual([])
    expect((await host.use(scope, person, spec, null, signal())).children).toEqual(['python train.py'])
    // What waits for something is not at work.
    writeFileSync(join(home, 'rest'), '')
    await until(
      () => host.use(scope, person, spec, null, signal()),
      ({ children }) => children.length === 0,
    )
    expect(running('ws-child')).toHaveLength(2)
    await stopped(spec)
    expect(running('ws-child')).toEqual([])
  })

  test('stopped, nothing of it is left but its volume; a process that hears nothing is ended by force', async () => {
    const data = join(folder, '..', 'set')
    mkdirSync(data)
    writeFileSync(join(data, 'numbers.csv'), '1,2\n')
    const spec = specOf('ws-gone', {
      volume: { name: 'ws-home', sizeGiB: 1 },
      datasets: [{ name: 'numbers', source: data }],
    })
    const server = await ready(spec)
    const home = join(folder, 'volumes/ws-home')
    expect(readFileSync(join(home, 'datasets/numbers/numbers.csv'), 'utf8')).toBe('1,2\n')
    const deaf = [
      'import signal, time',
      'for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)',
      'open("deaf", "w").close()',
      'time.sleep(600)',
    ].join('\n')
    const begin = `subprocess.Popen(["python3", "-c", ${JSON.stringify(deaf)}], start_new_session=True)`
    const cell = await runCell(server, `import subprocess\n${begin}`)
    await until(async () => existsSync(join(home, 'deaf')), Boolean)
    expect(running('ws-gone')).toHaveLength(3)
    const first = await host.stop(scope, person, spec, null, signal())
    expect(first.phase).toBe('stopping')
    expect((await read(spec)).phase).toBe('stopping')
    // What heard it is gone.
    await until(
      async () => running('ws-gone'),
      ({ length }) => length === 1,
    )
    expect(await stopped(spec)).toMatchObject({ phase: 'missing', handle: null })
    expect(running('ws-gone')).toEqual([])
    expect(await read(spec)).toMatchObject({ phase: 'missing' })
    expect(await host.stop(scope, person, spec, null, signal())).toMatchObject({ phase: 'missing' })
    cell.close()

    // Started anew, it has what it had.
    await ready(spec)
    expect(existsSync(join(home, 'deaf'))).toBe(true)
    await stopped(spec)
    await host.remove(scope, person, spec, null, signal())
    expect(readdirSync(join(folder, 'run'))).toEqual([])
    await host.removeVolume(scope, person, { name: 'ws-home', where: '' }, signal())
    expect(existsSync(home)).toBe(false)
  })

  test('without a volume, what it wrote goes when it stops', async () => {
    const spec = specOf('ws-scratch')
    const server = await ready(spec)
    const terminal = await inTerminal(
      server,
      'mkdir -p a/b && touch a/b/c && ln -s / a/root && chmod 0 a/b && touch done',
    )
    await until(async () => existsSync(join(folder, 'scratch/ws-scratch/done')), Boolean)
    terminal.close()
    await stopped(spec)
    expect(readdirSync(join(folder, 'scratch'))).toEqual([])
    expect(existsSync('/etc/passwd')).toBe(true)
  })

  test('one that ended by itself has failed, with the end of its log, and can be started anew', async () => {
    const spec = specOf('ws-dead')
    const server = await ready(spec)
    const before = await read(spec)
    const cell = await runCell(
      server,
      'import os, signal; os.write(2, b"the end is near\\n"); os.kill(os.getppid(), signal.SIGKILL)',
    )
    const failed = await until(
      () => read(spec),
      ({ phase }) => phase === 'failed',
    )
    cell.close()
    expect(failed).toMatchObject({
      address: null,
      handle: before.handle,
      reason: expect.stringContaining('the end is near'),
    })
    expect(await start(spec, before.handle)).toMatchObject({ phase: 'failed' })
    await ready(spec)
    expect((await read(spec)).handle).not.toBe(before.handle)
  })

  test('a command that is none fails with what it said', async () => {
    const spec = specOf('ws-nocommand', { command: 'no-such-notebook --here' })
    await start(spec)
    const failed = await until(
      () => read(spec),
      ({ phase }) => phase === 'failed',
    )
    expect(failed.reason).toContain('no-such-notebook')
  })

  test('one process cannot take more memory than the workspace has', async () => {
    const spec = specOf('ws-large', { memoryMiB: 512 })
    const server = await ready(spec)
    const cell = await runCell(
      server,
      'small = bytearray(256 * 2**20)\ntry:\n  bytearray(2 * 2**30)\nexcept MemoryError: print("there is " "no room")',
    )
    await until(
      async () => cell.heard(),
      (heard) => heard.includes('there is no room'),
    )
    cell.close()
  })

  test('nothing is begun that could not be as it was asked for, and nothing is left of the attempt', async () => {
    const refused = { kind: 'refused' }
    await expect(start(specOf('ws-image', { image: 'jupyter/base' }))).rejects.toMatchObject(refused)
    await expect(start(specOf('ws-set', { datasets: [{ name: 'a', source: '/no/such' }] }))).rejects.toMatchObject(
      refused,
    )
    await expect(start(specOf('ws-claim', { datasets: [{ name: 'a', source: 'claim' }] }))).rejects.toMatchObject(
      refused,
    )
    expect(readdirSync(join(folder, 'scratch'))).toEqual([])
    for (const name of ['../up', 'ws-', 'ws-a/b', 'ws-A', 'ws-a\0', '']) {
      const spec = { ...specOf('ws-fit'), name }
      await expect(start(spec)).rejects.toMatchObject(refused)
      await expect(host.removeVolume(scope, person, { name, where: '' }, signal())).rejects.toMatchObject(refused)
    }
    const elsewhere = { kind: 'metal3', namespaces: ['a'] } satisfies Scope
    await expect(host.start(elsewhere, person, specOf('ws-fit'), null, signal())).rejects.toMatchObject(refused)
  })
})
