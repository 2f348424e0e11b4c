import { ActionIcon, Menu, Text } from '@mantine/core'
import { IconCopy, IconDots, IconEye, IconPencil, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import type { Job } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { goesOn } from './job-search.ts'

export type JobCommand = 'view' | 'cancel' | 'resubmit' | 'change' | 'copyId'
export type RunCommand = (command: JobCommand, job: Job) => void
type Props = { job: Job; run: RunCommand; here?: boolean }

/** The row's ellipsis. What cannot be done just now stays visible, with the reason; `here` is on the job's own page. */
export function JobMenu({ job, run, here = false }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const mayCancel = may('job.cancel_all') || (job.mine && may('job.cancel_own'))
  const again = job.can.resubmit ? null : t('jobs.cannot.resubmit')
  const items: [JobCommand, typeof IconDots, shown: boolean, reason: string | null][] = [
    ['view', IconEye, !here, null],
    ['cancel', IconPlayerStop, mayCancel, job.can.cancel || goesOn(job) ? null : t('jobs.cannot.cancel')],
    ['resubmit', IconRefresh, may('job.submit'), again],
    ['change', IconPencil, may('job.submit'), again],
    ['copyId', IconCopy, true, null],
  ]
  return (
    <Menu position="bottom-end" width={230} returnFocus>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('jobs.actions', { name: job.name })}
          data-row-menu
          size={here ? 36 : 28}
        >
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {items
          .filter(([, , shown]) => shown)
          .map(([command, Icon, , reason]) => (
            <Menu.Item
              key={command}
              leftSection={<Icon size={16} stroke={1.7} aria-hidden />}
              disabled={reason !== null}
              style={command === 'cancel' && reason === null ? { color: 'var(--mantine-color-error)' } : undefined}
              onClick={() => run(command, job)}
            >
              {t(`jobs.do.${command}`)}
              {reason && (
                <Text size="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
                  {reason}
                </Text>
              )}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  )
}
