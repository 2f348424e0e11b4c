import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Judged, judgeIdle, type Signals } from './idle.ts'

const minute = 60_000
const noon = new Date('2026-01-02T12:00:00Z')
const before = (minutes: number) => new Date(noon.getTime() - minutes * minute)
const quiet: Signals = {
  reachable: true,
  kernels: [],
  terminals: [],
  use: { gpuPercent: null, children: [] },
  proxy: { lastRequestAt: null, openSockets: 0 },
}
const judge = (signals: Partial<Signals> = {}, more: Partial<Judged> = {}) =>
  judgeIdle({
    now: noon,
    startedAt: before(600),
    lastActiveAt: before(300),
    extendedAt: null,
    idleMinutes: 60,
    ...more,
    signals: { ...quiet, ...signals },
  })
const kernel = (state: string, minutes: number, connections = 0) => ({
  state,
  lastActivity: before(minutes).toISOString(),
  connections,
})

test('work is work whatever the clock says', () => {
  const later = new Date(noon.getTime() + 60 * minute)
  const active = (because: string) => ({ state: 'active', because, lastActiveAt: noon, stopsAt: later, warned: false })
  expect(judge({ kernels: [kernel('idle', 400), kernel('busy', 400)] })).toEqual(active('A kernel is busy.'))
  expect(judge({ kernels: [kernel('busy', 9), kernel('busy', 9)] })).toEqual(active('2 kernels are busy.'))
  expect(judge({ use: { gpuPercent: 5, children: [] } })).toEqual(active('A GPU is 5 % busy.'))
  expect(judge({ use: { gpuPercent: null, children: ['python train.py'] } })).toEqual(
    active('python train.py is running.'),
  )
  expect(judge({ use: { gpuPercent: 0, children: ['job 4711', 'make', 'ffmpeg', 'gcc'] } })).toEqual(
    active('job 4711, make and 2 others are running.'),
  )
})

test('a terminal that wrote within two minutes is work, one that wrote before is not', () => {
  expect(judge({ terminals: [{ lastActivity: before(1.9).toISOString() }] })).toMatchObject({
    state: 'active',
    because: 'A terminal was written to just now.',
    lastActiveAt: before(1.9),
  })
  expect(judge({ terminals: [{ lastActivity: before(2.1).toISOString() }] })).toMatchObject({
    state: 'idle',
    lastActiveAt: before(2.1),
  })
})

test('a page that is open is no work, nor is what it asks for', () => {
  const open = {
    kernels: [kernel('idle', 300, 3)],
    use: { gpuPercent: 4.9, children: [] },
    proxy: { lastRequestAt: noon, openSockets: 4 },
  }
  expect(judge(open)).toEqual({
    state: 'idle',
    because: 'A page of it is open, but nothing runs in it.',
    lastActiveAt: before(300),
    stopsAt: before(240),
    warned: true,
  })
})

test('what cannot be seen is not stopped', () => {
  const unknown = { state: 'unknown', stopsAt: null, warned: false, lastActiveAt: before(300) }
  expect(judge({ reachable: false, kernels: [kernel('busy', 1)] })).toMatchObject(unknown)
  expect(judge({ kernels: [kernel('starting', 400, 1)] })).toMatchObject(unknown)
  // Nobody waits for that one.
  expect(judge({ kernels: [kernel('starting', 400)] })).toMatchObject({ state: 'idle' })
  expect(judge({ use: null })).toMatchObject(unknown)
  // What the engine sees does not need the notebook server.
  expect(judge({ reachable: false, use: { gpuPercent: 99, children: [] } })).toMatchObject({ state: 'active' })
})

test('it is said before: ten minutes, or a third of a short time', () => {
  const warnedAt = (idleMinutes: number, minutes: number) =>
    judge({}, { lastActiveAt: before(minutes), idleMinutes }).warned
  expect([warnedAt(60, 49.9), warnedAt(60, 50)]).toEqual([false, true])
  expect([warnedAt(6, 3.9), warnedAt(6, 4)]).toEqual([false, true])
})

test('it counts from its start, and anew from when somebody says that they are there', () => {
  expect(judge({}, { startedAt: before(3), lastActiveAt: before(300) })).toMatchObject({
    because: 'Nothing has run in it yet.',
    lastActiveAt: before(3),
    stopsAt: new Date(noon.getTime() + 57 * minute),
  })
  expect(judge({}, { extendedAt: before(1) })).toMatchObject({
    state: 'idle',
    because: 'Nothing runs in it since somebody said that they are still there.',
    stopsAt: new Date(noon.getTime() + 59 * minute),
    warned: false,
  })
  expect(judge({}, { idleMinutes: null })).toMatchObject({ state: 'idle', stopsAt: null, warned: false })
})

// Anything a server or an engine may say, around a now.
const runs = 2_000 * Number(process.env.PROOF ?? 1)
const at = fc.integer({ min: -5_000, max: 60 }).map((minutes) => new Date(noon.getTime() + minutes * minute))
const lastActivity = fc.option(
  fc.oneof(
    at.map((date) => date.toISOString()),
    fc.constant('whenever'),
  ),
)
const signals: fc.Arbitrary<Signals> = fc.record({
  reachable: fc.boolean(),
  kernels: fc.array(
    fc.record({
      state: fc.constantFrom('idle', 'idle', 'busy', 'starting', 'dead', 'unknown'),
      lastActivity,
      connections: fc.nat(3),
    }),
    { maxLength: 3 },
  ),
  terminals: fc.array(fc.record({ lastActivity }), { maxLength: 2 }),
  use: fc.option(
    fc.record({
      gpuPercent: fc.option(fc.oneof(fc.nat(9), fc.nat(100))),
      children: fc.array(fc.constantFrom('make', 'job 7'), { maxLength: 2, size: 'xsmall' }),
    }),
  ),
  proxy: fc.record({ lastRequestAt: fc.option(at), openSockets: fc.nat(3) }),
})
const judged: fc.Arbitrary<Judged> = fc.record({
  now: fc.constant(noon),
  startedAt: fc.integer({ min: 0, max: 5_000 }).map(before),
  lastActiveAt: fc.option(at),
  extendedAt: fc.option(at),
  signals,
  idleMinutes: fc.option(fc.integer({ min: 5, max: 600 })),
})
const hold = (property: (given: Judged) => void) =>
  fc.assert(
    fc.property(judged, (given) => void property(given)),
    { numRuns: runs },
  )
const stops = ({ stopsAt }: { stopsAt: Date | null }) => stopsAt !== null && stopsAt <= noon

test('it never stops while there is a sign of work, nor where something cannot be seen', () => {
  let working = 0
  let stopped = 0
  hold((given) => {
    const { reachable, kernels, terminals, use } = given.signals
    const isRecent = (text: string | null) => text !== null && noon.getTime() - Date.parse(text) < 2 * minute
    const goesOn =
      (reachable && kernels.some(({ state }) => state === 'busy')) ||
      (use?.gpuPercent ?? 0) >= 5 ||
      (use?.children.length ?? 0) > 0
    const work = goesOn || (reachable && terminals.some((terminal) => isRecent(terminal.lastActivity)))
    const verdict = judgeIdle(given)
    if (work) working += 1
    if (stops(verdict)) stopped += 1
    const unsaid = kernels.some(({ state, connections }) => state === 'starting' && connections > 0)
    const seen = reachable && use !== null && !unsaid
    if (work || !seen) expect(stops(verdict)).toBe(false)
    // What was done a moment ago does not say what a kernel does that keeps silent.
    if (goesOn || (work && seen)) expect(verdict.state).toBe('active')
    if (!goesOn && !seen) expect(verdict.state).toBe('unknown')
    if (verdict.state !== 'idle') expect(verdict.warned).toBe(false)
    expect(verdict.because).toMatch(/^[A-Za-z0-9].*\.$/)
  })
  // Both kinds were among them.
  expect(working).toBeGreaterThan(runs / 10)
  expect(stopped).toBeGreaterThan(runs / 100)
})

test('it stops when its time without work is over, and never for what is to come', () => {
  hold((given) => {
    const verdict = judgeIdle(given)
    expect(verdict.lastActiveAt.getTime()).toBeLessThanOrEqual(noon.getTime())
    expect(verdict.lastActiveAt.getTime()).toBeGreaterThanOrEqual(given.startedAt.getTime())
    if (verdict.stopsAt === null) return expect(given.idleMinutes === null || verdict.state === 'unknown').toBe(true)
    expect(verdict.stopsAt.getTime() - verdict.lastActiveAt.getTime()).toBe((given.idleMinutes ?? 0) * minute)
  })
})

test('saying that one is there, or more time, never brings the end nearer', () => {
  hold((given) => {
    if (given.idleMinutes === null) return
    const first = judgeIdle(given)
    const extended = judgeIdle({ ...given, extendedAt: noon })
    expect(stops(extended)).toBe(false)
    expect(extended.lastActiveAt).toEqual(noon)
    const longer = judgeIdle({ ...given, idleMinutes: given.idleMinutes + 1 })
    if (first.stopsAt) expect(longer.stopsAt?.getTime()).toBeGreaterThan(first.stopsAt.getTime())
    const worked = judgeIdle({ ...given, lastActiveAt: noon })
    if (first.stopsAt) expect(worked.stopsAt?.getTime()).toBeGreaterThanOrEqual(first.stopsAt.getTime())
  })
})

test('judged again and again without work, its end stays where it is and comes', () => {
  hold((given) => {
    const without: Judged = { ...given, extendedAt: null, signals: { ...quiet, proxy: given.signals.proxy } }
    const first = judgeIdle(without)
    const later = judgeIdle({
      ...without,
      now: new Date(noon.getTime() + 50_000 * minute),
      lastActiveAt: first.lastActiveAt,
    })
    expect(later.stopsAt).toEqual(first.stopsAt)
    if (given.idleMinutes !== null) expect(later).toMatchObject({ state: 'idle', warned: true })
  })
})
