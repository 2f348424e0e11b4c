import { Group } from '@mantine/core'
import { IconFileOff } from '@tabler/icons-react'
import type { JobDetail } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'

/** What it ran, to read and to copy. */
export function JobScript({ job }: { job: JobDetail }) {
  const { t } = useTranslation()
  const script = job.script ?? job.submitted?.script ?? null
  if (script === null)
    return (
      <div className="card">
        <EmptyState icon={<IconFileOff size={22} />} title={t('jobs.one.noScript')} text={t('jobs.one.noScriptText')} />
      </div>
    )
  return (
    <>
      <Group justify="flex-end" mb="xs">
        <CopyButton value={script} />
      </Group>
      <section
        className="output-text script-text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('jobs.one.script', { name: job.name })}
      >
        {script}
      </section>
    </>
  )
}
