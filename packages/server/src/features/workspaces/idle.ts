import type { Workspace } from '@tenantry/contract'
import type { WorkspaceUse } from '../../engines/port.ts'

/** As a notebook server tells of them. `lastActivity` is RFC 3339, null where it does not say. */
export type Kernel = { state: string; lastActivity: string | null; connections: number }
export type Terminal = { lastActivity: string | null }

/** What can be seen of a workspace. `use`: null where its engine could not be asked. */
export type Signals = {
  reachable: boolean
  kernels: readonly Kernel[]
  terminals: readonly Terminal[]
  use: WorkspaceUse | null
  /** What went through our proxy: a page that is open asks for ever, so none of it is work. */
  proxy: { lastRequestAt: Date | null; openSockets: number }
}

export type Judged = {
  now: Date
  /** Of this run of it. */
  startedAt: Date
  /** As it was judged before; null at first. */
  lastActiveAt: Date | null
  /** When somebody last said that they are still there. */
  extendedAt: Date | null
  signals: Signals
  /** Null: it does not stop by itself. */
  idleMinutes: number | null
}

/** As the contract has it, with times that can be reckoned with. */
export type Verdict = Pick<Workspace['idle'], 'state' | 'because' | 'warned'> & {
  lastActiveAt: Date
  stopsAt: Date | null
}

/** In percent: below, a GPU only holds memory. */
export const gpuThreshold = 5

const minute = 60_000
const recent = 2 * minute
const longestWarning = 10 * minute

/**
 * Whether somebody works in a workspace, and when it stops if nobody does: `idleMinutes` after work was last seen. A busy
 * kernel, a terminal that writes, a GPU that computes, a process that was begun from within: each is work for as long as
 * it is there. A page that is open is none. Where something cannot be seen, it is not known, and nothing is stopped.
 *
 * @example
 * const { state, stopsAt } = judgeIdle({ now, startedAt, lastActiveAt, extendedAt: null, signals, idleMinutes: 60 })
 * if (state === 'idle' && stopsAt !== null && stopsAt <= now) stop()
 */
export function judgeIdle(judged: Judged): Verdict {
  const { now, startedAt, signals, idleMinutes } = judged
  const work = workIn(signals, now)
  const lastActiveAt = work.goesOn
    ? now
    : latest(now, [startedAt, judged.lastActiveAt, judged.extendedAt, ...work.ended])
  const blind = blindness(signals)
  if (blind !== null && !work.goesOn) {
    return { state: 'unknown', because: blind, lastActiveAt, stopsAt: null, warned: false }
  }

  const stopsAt = idleMinutes === null ? null : new Date(lastActiveAt.getTime() + idleMinutes * minute)
  if (work.because !== null) return { state: 'active', because: work.because, lastActiveAt, stopsAt, warned: false }
  const warned = stopsAt !== null && idleMinutes !== null && now.getTime() >= stopsAt.getTime() - warning(idleMinutes)
  return { state: 'idle', because: idleness(signals, judged, lastActiveAt), lastActiveAt, stopsAt, warned }
}

/** In milliseconds: how long before it stops it is said. */
const warning = (idleMinutes: number) => Math.min(longestWarning, (idleMinutes * minute) / 3)

/** `goesOn`: there is work now. `ended`: when there was some. `because`: the work there is, or was a moment ago. */
function workIn({ reachable, kernels, terminals, use }: Signals, now: Date) {
  const seen = reachable ? { kernels, terminals } : { kernels: [], terminals: [] }
  const ended = [...seen.kernels, ...seen.terminals].flatMap(({ lastActivity }) => instantOf(lastActivity) ?? [])
  const busy = seen.kernels.filter(({ state }) => state === 'busy').length
  const children = use?.children ?? []
  const gpuPercent = use?.gpuPercent ?? null

  const goesOn = (because: string) => ({ goesOn: true, ended, because })
  if (busy > 0) return goesOn(busy === 1 ? 'A kernel is busy.' : `${busy} kernels are busy.`)
  if (gpuPercent !== null && gpuPercent >= gpuThreshold) return goesOn(`A GPU is ${Math.round(gpuPercent)} % busy.`)
  if (children.length > 0) return goesOn(`${listed(children)} ${children.length === 1 ? 'is' : 'are'} running.`)

  const isRecent = ({ lastActivity }: { lastActivity: string | null }) => {
    const at = instantOf(lastActivity)
    return at !== null && now.getTime() - at.getTime() < recent
  }
  if (seen.terminals.some(isRecent)) return { goesOn: false, ended, because: 'A terminal was written to just now.' }
  if (seen.kernels.some(isRecent)) return { goesOn: false, ended, because: 'A kernel was used just now.' }
  return { goesOn: false, ended, because: null }
}

/** Why it cannot be said that nobody works there; null where it can. */
function blindness({ reachable, kernels, use }: Signals): string | null {
  if (!reachable) return 'Its notebook server does not answer, so nobody knows whether somebody works in it.'
  if (use === null) return 'Its engine does not say what runs in it, so nobody knows whether somebody works in it.'
  // What a kernel said before its server listened is lost: one that is still starting may have been at work for hours.
  if (kernels.some(({ state, connections }) => state === 'starting' && connections > 0))
    return 'A kernel that somebody has open does not say whether it is busy.'
  return null
}

function idleness({ kernels, proxy }: Signals, { startedAt, extendedAt }: Judged, lastActiveAt: Date): string {
  if (extendedAt !== null && extendedAt.getTime() === lastActiveAt.getTime()) {
    return 'Nothing runs in it since somebody said that they are still there.'
  }
  const open = proxy.openSockets > 0 || kernels.some(({ connections }) => connections > 0)
  if (open) return 'A page of it is open, but nothing runs in it.'
  return startedAt.getTime() === lastActiveAt.getTime() ? 'Nothing has run in it yet.' : 'Nothing runs in it.'
}

/** Of those that are times and not to come: clocks differ between machines. */
function latest(now: Date, instants: readonly (Date | null)[]): Date {
  const times = instants.flatMap((instant) => (instant === null ? [] : Math.min(instant.getTime(), now.getTime())))
  return new Date(Math.max(...times))
}

function instantOf(text: string | null): Date | null {
  const time = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? null : new Date(time)
}

/** `a`, `a and b`, `a, b and 3 others`. */
function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ')
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} ${names.length === 3 ? 'other' : 'others'}`
}
