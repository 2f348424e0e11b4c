import type { ReadJob } from '../../packages/server/src/engines/port.ts'
import { type MadeUpJobs, makeUpJobs, readJob, readTask, readWaiting } from '../../tests/support/made-up-jobs.ts'

const states = ['stopped', 'stopped', 'stopped', 'failed', 'running', 'pending'] as const
const words = ['train', 'evaluate', 'tokenize', 'finetune', 'sweep', 'export', 'render', 'index']
const minute = 60_000

/** So many jobs of twenty people, a fifth of them tasks of arrays of fifty; most are over. Always the same. */
export function madeUpJobs(count: number, now = Date.UTC(2026, 10, 1)): ReadJob[] {
  const about = (n: number): Partial<ReadJob> => {
    const state = states[n % states.length] as (typeof states)[number]
    const at = (later: number) => new Date(now - n * minute + later * minute).toISOString()
    return {
      name: `${words[n % words.length]} model ${n % 977}`,
      owner: n % 20 === 0 ? 'user' : `person${n % 20}`,
      state,
      nativeState: [state.toUpperCase()],
      submittedAt: at(0),
      startedAt: state === 'pending' ? null : at(1),
      endedAt: state === 'stopped' || state === 'failed' ? at(30) : null,
      endReason: state === 'stopped' ? 'COMPLETED' : state === 'failed' ? 'OUT_OF_MEMORY' : null,
      nodes: [`gpu${n % 100}`],
    }
  }
  const jobs: ReadJob[] = []
  const tasks = Math.floor(count / 5)
  for (let n = 0; n < tasks; n += 1) {
    const native = String(1_000_000 + Math.floor(n / 50))
    if (n % 50 === 0) jobs.push(readWaiting(native, '50-99', 50, { owner: 'person1', name: `array ${native}` }))
    jobs.push(readTask(native, n % 50, { ...about(n), owner: 'person1', name: `array ${native}` }))
  }
  for (let n = jobs.length; n < count; n += 1) jobs.push(readJob(String(n), about(n)))
  return jobs
}

/** The same jobs, of which every so manieth waits for another reason than before. */
export const changed = (jobs: readonly ReadJob[], many: number, round: number): ReadJob[] => {
  const step = Math.floor(jobs.length / many)
  return jobs.map((job, index) => (index % step === 1 ? { ...job, reason: `round ${round}` } : job))
}

/** An engine in the process of the server under test, which the bench changes by messages. */
export function benchEngine(count: number): MadeUpJobs['open'] {
  const made = makeUpJobs()
  const all = madeUpJobs(count)
  made.jobs.set('big', all)
  process.on('message', (message: { changeJobs?: number; round?: number }) => {
    if (message.changeJobs) made.jobs.set('big', changed(all, message.changeJobs, message.round ?? 0))
  })
  return () => {
    const engine = made.open()
    const { jobs } = engine
    // What was submitted is listed from the next reading on.
    return {
      ...engine,
      ...(jobs && {
        jobs: {
          ...jobs,
          async submit(scope, person, job, signal) {
            const id = await jobs.submit(scope, person, job, signal)
            const added = readJob(id, {
              owner: person.username,
              state: 'pending',
              submittedAt: new Date().toISOString(),
            })
            made.jobs.set('big', [...(made.jobs.get('big') ?? []), added])
            return id
          },
        },
      }),
    }
  }
}
