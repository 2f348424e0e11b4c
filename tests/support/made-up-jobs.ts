import type { JobChoices, NewJob } from '@tenantry/contract'
import {
  type Engine,
  EngineError,
  type OutputPiece,
  type Person,
  type ReadJob,
  type ReadJobDetail,
} from '../../packages/server/src/engines/port.ts'

/** A job as a connector reads one, with as little as there can be. */
export const readJob = (nativeId: string, more: Partial<ReadJob> = {}): ReadJob => ({
  nativeId,
  name: `job ${nativeId}`,
  owner: 'uma',
  state: 'running',
  nativeState: ['RUNNING'],
  reason: null,
  gpus: 1,
  where: 'gpu',
  submittedAt: '2026-11-01T10:00:00.000Z',
  startedAt: '2026-11-01T10:01:00.000Z',
  array: null,
  account: 'acme',
  qos: 'normal',
  gpuModels: [{ model: 'h100', count: 1 }],
  cpus: 8,
  memoryMiB: 65_536,
  nodeCount: 1,
  nodes: ['gpu1'],
  timeLimitMinutes: 60,
  expectedStart: null,
  endedAt: null,
  exitCode: null,
  signal: null,
  endReason: null,
  ...more,
})

/** A task of an array that has begun. */
export const readTask = (native: string, task: number, more: Partial<ReadJob> = {}): ReadJob =>
  readJob(`${native}_${task}`, {
    name: `array ${native}`,
    array: { native, task, waiting: null, waitingCount: 0 },
    ...more,
  })

/** What of an array has not begun yet. */
export const readWaiting = (native: string, waiting: string, count: number, more: Partial<ReadJob> = {}): ReadJob =>
  readJob(native, {
    name: `array ${native}`,
    state: 'pending',
    nativeState: ['PENDING'],
    startedAt: null,
    nodes: [],
    array: { native, task: null, waiting, waitingCount: count },
    ...more,
  })

export const someChoices: JobChoices = {
  combinations: [
    { where: 'gpu', account: 'acme', qos: 'normal' },
    { where: 'gpu', account: 'acme', qos: 'high' },
  ],
  places: [
    {
      name: 'gpu',
      open: true,
      nodes: 4,
      cpus: 64,
      memoryMiB: 512_000,
      gpus: [{ model: 'h100', perNode: 8, total: 32, free: 32 }],
      defaultMinutes: 60,
      maxMinutes: 2880,
    },
  ],
  needsImage: false,
  arrays: true,
}

type Asked = { verb: 'submit' | 'cancel' | 'output'; person: Person | null; nativeId: string; job?: NewJob }
type Fault = { error: EngineError } | { never: true }

/** An engine with jobs that is nowhere: what it has stands in memory. */
export type MadeUpJobs = {
  /** What each scope has, by its first account. */
  jobs: Map<string, ReadJob[]>
  history: Map<string, ReadJob[]>
  /** What was asked of it, in order. */
  asked: Asked[]
  /** How often, and since when last, history was asked for. */
  historyAsked: Date[]
  choices: JobChoices
  detail: ReadJobDetail
  /** What each job has written. */
  output: Map<string, Buffer>
  /** Who may read what a job writes; everybody where nothing stands here. */
  readers: Map<string, string[]>
  /** Users of the cluster who are of nobody here. */
  foreign: Set<string>
  /** How many are reading what jobs write, and how many bytes they were given. */
  reading: number
  given: number
  faults: Map<'choices' | 'submit' | 'cancel' | 'detail', Fault>
  /** Something there changed. */
  change(): void
  /** A piece more of what a job writes. */
  write(nativeId: string, bytes: Buffer | string): void
  open(): Engine
}

export function makeUpJobs(): MadeUpJobs {
  const watchers = new Set<() => void>()
  let nextId = 9_000
  const accountOf = (scope: object) => (scope as { accounts: string[] }).accounts[0] ?? ''
  const fail = async (what: 'choices' | 'submit' | 'cancel' | 'detail', signal: AbortSignal) => {
    const fault = made.faults.get(what)
    if (fault && 'error' in fault) throw fault.error
    if (fault) await new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason)))
  }
  const made: MadeUpJobs = {
    jobs: new Map(),
    history: new Map(),
    asked: [],
    historyAsked: [],
    choices: someChoices,
    detail: {
      workingDirectory: '/home/uma',
      standardOutput: '/home/uma/out',
      standardError: null,
      script: null,
      events: [],
    },
    output: new Map(),
    readers: new Map(),
    foreign: new Set(),
    reading: 0,
    given: 0,
    faults: new Map(),
    change: () => {
      for (const wake of watchers) wake()
    },
    write(nativeId, bytes) {
      made.output.set(nativeId, Buffer.concat([made.output.get(nativeId) ?? Buffer.alloc(0), Buffer.from(bytes)]))
      made.change()
    },
    open: () => ({
      probe: async () => ({ version: 'made up', api: '1', capabilities: ['jobs'] }),
      snapshot: async (scopes) =>
        scopes.map((scope) => ({ resources: [], jobs: [...(made.jobs.get(accountOf(scope)) ?? [])] })),
      async carryThrough(_scope, { username, mayUse }) {
        if (!mayUse) return 'nothing'
        if (!made.foreign.has(username)) return 'account acme'
        throw new EngineError('refused', `At this cluster ${username} is somebody’s of another account.`)
      },
      close: () => {},
      jobs: {
        async choices(_scope, _person, signal) {
          await fail('choices', signal)
          return made.choices
        },
        async submit(_scope, person, job, signal) {
          await fail('submit', signal)
          nextId += 1
          made.asked.push({ verb: 'submit', person, nativeId: String(nextId), job })
          return String(nextId)
        },
        async cancel(_scope, person, nativeId, signal) {
          await fail('cancel', signal)
          made.asked.push({ verb: 'cancel', person, nativeId })
        },
        async detail(_scope, _nativeId, signal) {
          await fail('detail', signal)
          return made.detail
        },
        async *output(_scope, person, { nativeId, from, follow }, signal): AsyncGenerator<OutputPiece> {
          const readers = made.readers.get(nativeId)
          if (readers && !readers.includes(person.username)) throw new EngineError('refused', 'You may not read this.')
          if (!made.output.has(nativeId)) throw new EngineError('not_found', 'There is none yet.')
          made.asked.push({ verb: 'output', person, nativeId })
          made.reading += 1
          try {
            let at = from < 0 ? Math.max(0, (made.output.get(nativeId)?.length ?? 0) + from) : from
            for (;;) {
              const whole = made.output.get(nativeId) ?? Buffer.alloc(0)
              if (whole.length > at) {
                const bytes = whole.subarray(at, at + 1_000_000)
                yield { from: at, bytes, size: whole.length }
                at += bytes.length
                made.given += bytes.length
                continue
              }
              if (!follow || signal.aborted) return
              await new Promise<void>((go) => {
                const woken = () => {
                  watchers.delete(woken)
                  go()
                }
                watchers.add(woken)
                signal.addEventListener('abort', woken, { once: true })
              })
            }
          } finally {
            made.reading -= 1
          }
        },
        async history(scope, since) {
          made.historyAsked.push(since)
          return made.history.get(accountOf(scope)) ?? []
        },
      },
    }),
  }
  return made
}
