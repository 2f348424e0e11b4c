import { Button, Group, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'

/** Asks before a page is left whose changes are not saved. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation()
  const { status, proceed, reset } = useBlocker({
    // Who is signed out has to go whether they will or not.
    shouldBlockFn: ({ current, next }) =>
      dirty && next.pathname !== current.pathname && !next.pathname.startsWith('/sign-in'),
    enableBeforeUnload: dirty,
    withResolver: true,
  })
  if (status !== 'blocked') return null
  return (
    <Modal opened onClose={reset} title={t('dashboard.leave.title')}>
      <Text size="sm" mb="md">
        {t('dashboard.leave.text')}
      </Text>
      <Group gap="xs" justify="flex-end">
        <Button variant="default" onClick={reset} data-autofocus>
          {t('dashboard.leave.stay')}
        </Button>
        <Button color="red.9" onClick={proceed}>
          {t('dashboard.leave.leave')}
        </Button>
      </Group>
    </Modal>
  )
}
