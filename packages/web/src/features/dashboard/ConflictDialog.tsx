import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import type { Which } from './use-saving.ts'

type Props = { which: Which; busy: boolean; onMine: () => void; onTheirs: () => void }

/** Somebody else saved in the meantime: one of the two is to stay. */
export function ConflictDialog({ which, busy, onMine, onTheirs }: Props) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} title={t('dashboard.conflict.title')}>
      <Text size="sm" mb="md">
        {t(`dashboard.conflict.${which}`, { tenant: tenant.name })}
      </Text>
      <Group gap="xs" justify="flex-end">
        <Button variant="default" onClick={onTheirs} disabled={busy}>
          {t('dashboard.conflict.theirs')}
        </Button>
        <Button onClick={onMine} loading={busy} data-autofocus>
          {t('dashboard.conflict.mine')}
        </Button>
      </Group>
    </Modal>
  )
}
