import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import type { Job } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatNumber } from '../../app/format.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callWhole } from '../../ui/person.ts'
import { arrayStates } from './JobCells.tsx'
import { goesOn, isArray } from './job-search.ts'
import { ownerOf } from './owner.ts'
import { refreshJobs, show } from './queries.ts'

/** Asks before a job ends that does not come back, naming it; an array with what of it would end. */
export function CancelDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const { t } = useTranslation()
  const cancel = useMutation({
    mutationFn: () => api('cancelJob', { params: { id: job.id } }),
    onSuccess: (answer) => {
      show(answer)
      notifications.show({ message: t('jobs.cancelling', { name: job.name }), color: 'tide' })
      onClose()
      void refreshJobs()
    },
  })
  const array = isArray(job)
  const left = arrayStates(job).filter(goesOn)
  const count = left.reduce((sum, one) => sum + one.count, 0)
  const states = left.map((one) => t(`jobs.array.state.${one.state}`, { n: formatNumber(one.count) })).join(', ')
  const text = array
    ? t('jobs.cancelDialog.array', { count, n: formatNumber(count), states })
    : t(job.state === 'pending' ? 'jobs.cancelDialog.waiting' : 'jobs.cancelDialog.text')
  return (
    <Modal opened onClose={onClose} title={t('jobs.cancelDialog.title', { name: job.name })}>
      <Stack>
        <ProblemAlert error={cancel.error} />
        <Text size="sm" c="dimmed" className="numbers" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{[job.nativeId, job.engine, job.where].filter((part) => part !== '').join(' · ')}</bdi>
        </Text>
        <Text size="sm">
          {!job.mine && `${t('jobs.cancelDialog.others', { owner: callWhole(ownerOf(job)) })} `}
          {text}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('jobs.cancelDialog.keep')}
          </Button>
          <Button color="red.9" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t(array ? 'jobs.cancelDialog.goArray' : 'jobs.cancelDialog.go')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
