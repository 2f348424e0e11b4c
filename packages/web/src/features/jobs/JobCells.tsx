import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Job, ResourceState } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { formatInstant, formatMemory, formatNumber } from '../../app/format.ts'
import { i18n } from '../../app/i18n.ts'
import { knownEnd, nativeState, stateInWords } from './end-reason.ts'
import { goesOn, isArray } from './job-search.ts'
import { ranSeconds, timeInWords } from './job-times.ts'

const looks: Record<ResourceState, [color: string, shape: 'dot' | 'ring' | 'square']> = {
  pending: ['info', 'ring'],
  starting: ['info', 'dot'],
  running: ['good', 'dot'],
  stopping: ['idle', 'ring'],
  stopped: ['idle', 'square'],
  degraded: ['warn', 'ring'],
  failed: ['bad', 'square'],
  unknown: ['warn', 'square'],
}

/** How a job is, or why it is over, in words; a mark differs in shape as well as in colour. */
export function JobState({ job }: { job: Job }) {
  const [color, shape] = job.endReason === 'COMPLETED' ? (['good', 'square'] as const) : looks[job.state]
  return (
    <span className="status" data-shape={shape} style={{ color: `var(--status-${color})` }} title={nativeState(job)}>
      <span>{stateInWords(job)}</span>
    </span>
  )
}

const order: ResourceState[] = [
  'running',
  'starting',
  'pending',
  'degraded',
  'stopping',
  'stopped',
  'failed',
  'unknown',
]
export function arrayStates({ array }: Job): { state: ResourceState; count: number }[] {
  const states = (array?.states ?? []).filter(({ count }) => count > 0)
  return states.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}

/** How far an array has come, as a bar; the figures stand beside it in words. */
export function ArrayProgress({ job }: { job: Job }) {
  const { t } = useTranslation()
  const states = arrayStates(job)
  const words = states.map(({ state, count }) => t(`jobs.array.state.${state}`, { n: formatNumber(count) }))
  return (
    <span className="array-progress">
      <span className="array-bar" aria-hidden="true">
        {states.map(({ state, count }) => (
          <span key={state} data-state={state} style={{ flexGrow: count }} />
        ))}
      </span>
      <span className="dim numbers">{words.join(' · ')}</span>
    </span>
  )
}

/** Its name, which leads to it, and what the engine calls it; of an array, how far it has come. */
export function JobName({ job }: { job: Job }) {
  const { t } = useTranslation()
  const of =
    job.array === null
      ? null
      : job.array.task !== null
        ? t('jobs.array.task', { n: job.array.task })
        : t('jobs.array.tasks', { count: job.array.total, n: formatNumber(job.array.total) })
  return (
    <>
      <Link to="/jobs/$id" params={{ id: job.id }} className="job-link">
        <bdi>{job.name}</bdi>
      </Link>
      <span className="dim cut numbers">{[job.nativeId, of].filter(Boolean).join(' · ')}</span>
      {isArray(job) && <ArrayProgress job={job} />}
    </>
  )
}

export function gpusInWords({ gpuModels, gpus }: Pick<Job, 'gpuModels' | 'gpus'>): string {
  const named = gpuModels.filter(({ count }) => count > 0)
  if (named.length === 0) return gpus > 0 ? formatNumber(gpus) : ''
  return named.map(({ model, count }) => gpuInWords(model, count)).join(', ')
}
/** `2 × h100`; without a model, the number alone. */
export const gpuInWords = (model: string, count: number): string =>
  model === '' ? formatNumber(count) : i18n.t('jobs.gpu', { n: formatNumber(count), model })

/** When it starts, or how long it has run of how long it may: as a thin bar as well, while it runs. */
export function JobTime({ job, now }: { job: Job; now: number }) {
  const ran = ranSeconds(job, now)
  const limit = job.timeLimitMinutes === null ? null : job.timeLimitMinutes * 60
  const runs = goesOn(job) && job.state !== 'pending' && ran !== null && limit !== null && limit > 0
  const exact = job.state === 'pending' ? job.expectedStart : job.startedAt
  return (
    <span className="job-time numbers" title={exact ? formatInstant(exact) : undefined}>
      {timeInWords(job, now)}
      {runs && (
        <span className="time-bar" aria-hidden="true">
          <span
            style={{ width: `${Math.min(100, (ran / limit) * 100)}%` }}
            data-late={ran / limit > 0.9 || undefined}
          />
        </span>
      )}
    </span>
  )
}

export function JobAmounts({ job }: { job: Job }) {
  const { t } = useTranslation()
  return (
    <>
      {t('jobs.cores', { count: job.cpus, n: formatNumber(job.cpus) })}
      <span className="dim cut">{job.memoryMiB > 0 && formatMemory(job.memoryMiB)}</span>
    </>
  )
}

/** Why it is as it is, where the engine says more than the state. */
export function JobReason({ job }: { job: Job }) {
  // A reason that is the state over again says nothing.
  if (!job.reason || job.reason === 'None' || (knownEnd(job.endReason) && job.reason === job.endReason)) return null
  return (
    <Text component="span" className="dim cut" title={job.reason}>
      <bdi>{job.reason}</bdi>
    </Text>
  )
}
