import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Job } from '@tenantry/contract'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/session.ts'
import { CancelDialog } from './CancelDialog.tsx'
import type { RunCommand } from './JobMenu.tsx'
import { jobQuery, refreshJobs } from './queries.ts'

type Commands = {
  run: RunCommand
  dialogs: ReactNode
  /** Why a job was not submitted again, for the page to show. */
  problem: unknown
  busy: boolean
}

/** What the row menu and the page of a job do, and the dialogs for it. */
export function useJobCommands(): Commands {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [cancelled, setCancelled] = useState<Job | null>(null)
  const resubmit = useMutation({
    mutationFn: ({ id }: Job) => api('resubmitJob', { params: { id } }),
    onSuccess: async (job) => {
      queryClient.setQueryData(jobQuery(job.id).queryKey, job)
      notifications.show({ message: t('jobs.submitted', { name: job.name }), color: 'tide' })
      await navigate({ to: '/jobs/$id', params: { id: job.id } })
      void refreshJobs()
    },
  })
  const copyId = async ({ nativeId }: Job) => {
    const copied = await navigator.clipboard?.writeText(nativeId).then(
      () => true,
      () => false,
    )
    notifications.show({ message: t(copied ? 'jobs.copied' : 'jobs.copyFailed', { id: nativeId }) })
  }
  const run: RunCommand = (command, job) => {
    if (command === 'view') void navigate({ to: '/jobs/$id', params: { id: job.id } })
    else if (command === 'cancel') setCancelled(job)
    else if (command === 'resubmit') resubmit.mutate(job)
    else if (command === 'change') void navigate({ to: '/jobs/new', search: { from: job.id } })
    else void copyId(job)
  }
  return {
    run,
    dialogs: cancelled && <CancelDialog job={cancelled} onClose={() => setCancelled(null)} />,
    problem: resubmit.error,
    busy: resubmit.isPending,
  }
}
