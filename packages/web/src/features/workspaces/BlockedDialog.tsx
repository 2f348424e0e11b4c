import { Button, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Modal } from '../../ui/Dialog.tsx'

type Props = { name: string; onAgain: () => void; onHere: () => void; onClose: () => void }

/** The browser let no window open: what to do about it, and how to get there without. */
export function BlockedDialog({ name, onAgain, onHere, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Modal opened onClose={onClose} title={t('workspaces.blocked.title')}>
      <Stack>
        <Text size="sm">{t('workspaces.blocked.text', { name })}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onHere}>
            {t('workspaces.blocked.here')}
          </Button>
          <Button onClick={onAgain} data-autofocus>
            {t('workspaces.blocked.again')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
