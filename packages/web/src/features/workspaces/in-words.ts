import type { Accelerator, Bound, Workspace } from '@tenantry/contract'
import type { TFunction } from 'i18next'
import { formatHour, formatMemory, formatNumber } from '../../app/format.ts'
import { callName } from '../../ui/person.ts'

/** “1 × h100”, “2 × 1g.10gb”; null without any. */
export const acceleratorInWords = (accelerator: Accelerator | null): string | null =>
  accelerator && `${accelerator.count} × ${accelerator.kind === 'gpu' ? accelerator.model : accelerator.profile}`

type Amounts = Pick<Workspace, 'cpus' | 'memoryMiB' | 'accelerator'>
/** “1 × h100”, “4 cores”, “16 GiB”: as they stand on a card. */
export const amountsInWords = (t: TFunction, { accelerator, cpus, memoryMiB }: Amounts): string[] =>
  [acceleratorInWords(accelerator), t('workspaces.cores', { count: cpus }), formatMemory(memoryMiB)].filter(
    (text) => text !== null,
  )

/** “45 minutes”, “2 hours”: in the largest unit that it is a whole number of. */
export function minutesInWords(t: TFunction, minutes: number): string {
  if (minutes % 1440 === 0) return t('workspaces.minutes.d', { count: minutes / 1440 })
  if (minutes % 60 === 0) return t('workspaces.minutes.h', { count: minutes / 60 })
  return t('workspaces.minutes.min', { count: minutes })
}

/** “8 s”, “2 min 5 s”, “1 h 4 min”. */
export function elapsedInWords(t: TFunction, from: string, to: string | number): string {
  // The clock of the server may be ahead of this one.
  const seconds = Math.max(0, Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 1000))
  if (seconds < 60) return t('workspaces.elapsed.s', { s: seconds })
  const min = Math.floor(seconds / 60)
  if (min < 60) return t('workspaces.elapsed.min', { min, s: seconds % 60 })
  return t('workspaces.elapsed.h', { h: Math.floor(min / 60), min: min % 60 })
}

/** In the middle of a sentence: “A kernel is busy.” → “a kernel is busy.”, but “GPU 0 …” stays. */
const within = (sentence: string): string =>
  /^\p{Lu}(?!\p{Lu}|\p{N})/u.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence

/** Whether somebody works there, and what comes of it if nobody does; null while it is not running. */
export function idleInWords(t: TFunction, { state, idle }: Pick<Workspace, 'state' | 'idle'>): string | null {
  if (state !== 'running') return null
  if (idle.state === 'active') return t('workspaces.idle.active', { because: within(idle.because) })
  if (idle.state === 'unknown' || idle.lastActiveAt === null)
    return t('workspaces.idle.unknown', { because: within(idle.because) })
  const since = formatHour(idle.lastActiveAt)
  return idle.stopsAt === null
    ? t('workspaces.idle.sinceOnly', { since })
    : t('workspaces.idle.since', { since, stops: formatHour(idle.stopsAt) })
}

/** “h100 GPUs · Of the tenant”. */
export function boundInWords(t: TFunction, { of, what, model, profile }: Bound): string {
  const name =
    what === 'gpus'
      ? model === null
        ? t('workspaces.bound.gpusAny')
        : t('workspaces.bound.gpus', { model })
      : what === 'mig'
        ? t('workspaces.bound.mig', { profile: profile ?? '' })
        : t(`workspaces.bound.${what}`)
  return t('workspaces.bound.name', {
    what: name.charAt(0).toUpperCase() + name.slice(1),
    whose: t(`workspaces.bound.${of}.of`),
  })
}

/** An amount of what a bound is about, in its unit. */
export const amountOf = ({ what }: Bound, amount: number): string =>
  what === 'memoryMiB'
    ? formatMemory(amount)
    : what === 'storageGiB'
      ? `${formatNumber(amount)} GiB`
      : formatNumber(amount)

/** “Bob Builder, Carol Danvers, Dora and 2 others”: whom it is shared with; empty where with nobody. */
export function peopleInWords(t: TFunction, { sharedWith, sharedPeople }: Shared): string {
  const others = sharedWith - sharedPeople.length
  const names = sharedPeople.map(callName)
  if (others > 0) names.push(t('workspaces.people.others', { count: others }))
  const last = names.pop() ?? ''
  return names.length === 0 ? last : t('workspaces.people.and', { before: names.join(', '), last })
}
type Shared = Pick<Workspace, 'sharedWith' | 'sharedPeople'>

/** What is lost when it stops, what stays, and whom it may hit. */
export function stopInWords(t: TFunction, workspace: Shared & Pick<Workspace, 'volume'>): string {
  const { volume } = workspace
  const people = peopleInWords(t, workspace)
  return [
    volume ? t('workspaces.sure.stopKept', { volume: volume.name }) : t('workspaces.sure.stopLost'),
    people && t('workspaces.sure.shared', { people }),
  ]
    .filter(Boolean)
    .join(' ')
}
