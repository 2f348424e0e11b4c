import { Button, Group } from '@mantine/core'
import { IconListNumbers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { JobDetail } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import type { RunCommand } from './JobMenu.tsx'
import { JobsTable } from './JobsTable.tsx'
import { tasksQuery } from './queries.ts'

/** The tasks of an array that have begun, each with a page and output of its own. */
export function JobTasks({ job, run }: { job: JobDetail; run: RunCommand }) {
  const { t } = useTranslation()
  const [cursor, setCursor] = useState<string | undefined>()
  const { data, error, refetch, isPlaceholderData } = useQuery(tasksQuery(job.id, cursor))
  if (error && !data)
    return (
      <ProblemAlert error={error}>
        <Button
          variant="default"
          size="compact-sm"
          mt="xs"
          onClick={() => (cursor ? setCursor(undefined) : void refetch())}
        >
          {t('action.retry')}
        </Button>
      </ProblemAlert>
    )
  const { items, next, previous } = data ?? {}
  return (
    <>
      <div className="card job-lists" style={{ opacity: isPlaceholderData ? 0.7 : 1 }}>
        {items?.length === 0 ? (
          <EmptyState
            icon={<IconListNumbers size={22} />}
            title={t('jobs.one.noTasks')}
            text={t('jobs.one.noTasksText')}
          />
        ) : (
          <JobsTable
            label={t('jobs.one.tasks', { name: job.name })}
            jobs={items}
            sort={null}
            owners={false}
            run={run}
          />
        )}
      </div>
      {(next || previous) && (
        <Group justify="flex-end" mt="sm" gap="xs">
          <Button variant="default" disabled={!previous} onClick={() => setCursor(previous ?? undefined)}>
            {t('page.previous')}
          </Button>
          <Button variant="default" disabled={!next} onClick={() => setCursor(next ?? undefined)}>
            {t('page.next')}
          </Button>
        </Group>
      )}
    </>
  )
}
