import { Button, Kbd, Stack, Text, Title } from '@mantine/core'
import { IconAlertCircle, IconCircleCheck, IconPlayerPlay } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../../app/api.ts'
import { formatMemory, formatNumber } from '../../app/format.ts'
import { readMemory } from '../../app/memory.ts'
import { useSession } from '../../app/session.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { readArray } from './array-text.ts'
import { arrayInWords } from './array-words.ts'
import { formatDuration, readHours } from './durations.ts'
import { gpuInWords } from './JobCells.tsx'
import type { JobField } from './job-values.ts'
import { placeWord } from './place-word.ts'
import type { JobForm } from './use-job-form.ts'

/** As they stand in the form. */
const order: readonly JobField[] = [
  ...(['name', 'engineId', 'where', 'account', 'qos', 'gpuModel', 'gpuCount', 'nodes', 'cpus', 'memory'] as const),
  ...(['time', 'array', 'script', 'image', 'workingDirectory', 'environment'] as const),
]

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)

/** What the form comes to, what stands in its way, and the button that submits it. */
export function JobSummary({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  return (
    <aside className="card new-job-summary" aria-label={t('jobs.new.summary')}>
      <Stack gap="md">
        <Title order={2}>{t('jobs.new.summary')}</Title>
        <Asks form={form} />
        <Reasons form={form} />
        <Refusal error={form.problem} />
        <Button
          type="submit"
          loading={form.busy}
          fullWidth
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          rightSection={
            <Kbd size="xs" aria-hidden>
              {isApple ? '⌘↵' : 'Ctrl ↵'}
            </Kbd>
          }
        >
          {t('jobs.submit')}
        </Button>
      </Stack>
    </aside>
  )
}

function Asks({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { values, offer, place } = form
  const nodes = Number(values.nodes) || 1
  const count = values.gpuModel === 'none' ? 0 : Number(values.gpuCount) || 0
  const model = values.gpuModel === 'any' ? t('jobs.new.anyGpu') : values.gpuModel
  const memory = readMemory(values.memory)
  const amounts = (times: number) =>
    [
      count > 0 && gpuInWords(model, count * times),
      t('jobs.cores', { count: Number(values.cpus) * times, n: formatNumber(Number(values.cpus) * times) }),
      memory !== null && formatMemory(memory * times),
    ]
      .filter(Boolean)
      .join(', ')
  const minutes = readHours(values.time)
  const array = values.array.trim() === '' ? null : readArray(values.array)
  const gpus = place?.gpus.filter((one) => values.gpuModel === 'any' || one.model === values.gpuModel) ?? []
  const free = gpus.reduce((sum, one) => sum + one.free, 0)
  const where = [offer?.engine, values.where, values.account, values.qos].filter(Boolean).join(' · ')
  return (
    <div className="asks numbers">
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        <bdi>{values.name.trim() || '—'}</bdi>
      </Text>
      {where && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{where}</bdi>
        </Text>
      )}
      <Text size="sm">
        {nodes > 1 ? t('jobs.new.eachOf', { what: amounts(1), n: formatNumber(nodes) }) : amounts(1)}
        {minutes !== null && minutes > 0 && `, ${t('jobs.new.upTo', { time: formatDuration(minutes * 60) })}`}
      </Text>
      {nodes > 1 && (
        <Text size="sm">
          {t('jobs.new.inAll')}: {amounts(nodes)}
        </Text>
      )}
      {array && 'count' in array && <Text size="sm">{arrayInWords(array)}</Text>}
      {count > 0 && gpus.length > 0 && (
        <Text size="xs" c="dimmed">
          {free >= count * nodes ? t('jobs.new.freeNow') : t('jobs.new.waitsGpu', { free: formatNumber(free), model })}
        </Text>
      )}
    </div>
  )
}

/** Each reason leads to its field. */
function Reasons({ form }: { form: JobForm }) {
  const { t } = useTranslation()
  const { errors, offer } = form
  const reasons = order.flatMap((field) => (errors[field] === undefined ? [] : [[field, errors[field]] as const]))
  const label = (field: JobField) =>
    field === 'where' ? placeWord('jobs.new.field.where', offer?.engineKind) : t(`jobs.new.field.${field}`)
  const goTo = (field: JobField) => {
    const find = (what: string) => form.form.current?.querySelector<HTMLElement>(what)
    const found =
      find(`[name="${field}"]`) ??
      find(`input[data-field="${field}"]`) ??
      find(`[data-field="${field}"] [aria-invalid=true]`) ??
      find('[aria-invalid=true]')
    found?.focus()
  }
  if (reasons.length === 0)
    return (
      <p className="reasons-none" role="status">
        <IconCircleCheck size={16} aria-hidden />
        {t('jobs.new.ready')}
      </p>
    )
  return (
    <div role="status">
      <Text size="sm" fw={550} mb={4}>
        {t('jobs.new.reasons', { count: reasons.length })}
      </Text>
      <ul className="bare-list reasons">
        {reasons.map(([field, reason]) => (
          <li key={field}>
            <IconAlertCircle size={16} aria-hidden />
            <button
              type="button"
              className="link-button"
              title={t('jobs.new.problem.toField', { field: label(field) })}
              onClick={() => goTo(field)}
            >
              <b>{label(field)}:</b> {reason}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What the server or the engine said to it, with what to do. */
function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const code = error instanceof ApiProblem ? error.code : null
  return (
    <ProblemAlert error={error}>
      {code === 'engine_refused' && <Text size="sm">{t('jobs.new.problem.refused')}</Text>}
      {code === 'exceeds_quota' && <Text size="sm">{t('jobs.new.problem.quota', { tenant: tenant.name })}</Text>}
      {(code === 'engine_unavailable' || code === 'unreachable' || code === 'unavailable') && (
        <Text size="sm">{t('jobs.new.problem.unavailable')}</Text>
      )}
    </ProblemAlert>
  )
}
