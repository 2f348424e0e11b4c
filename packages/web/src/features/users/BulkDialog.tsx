import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { BulkResultDialog } from './BulkResultDialog.tsx'
import { failedFirst, inWords } from './bulk.ts'
import { refreshUsers } from './queries.ts'
import { RoleSelect } from './RoleSelect.tsx'

type Props = { action: 'changeRole' | 'enable'; ids: string[]; onClose: () => void }

/** Gives several another role, or enables them; afterwards what became of each. */
export function BulkDialog({ action, ids, onClose }: Props) {
  const { t } = useTranslation()
  const [roleId, setRoleId] = useState('')
  const go = useMutation({
    mutationFn: () =>
      action === 'enable' ? api('bulkEnable', { body: { ids } }) : api('bulkChangeRole', { body: { ids, roleId } }),
    onSuccess: () => void refreshUsers(),
  })
  if (go.data) {
    const items = failedFirst(go.data.items).map(({ problem, ...item }) => ({
      ...item,
      words: item.done ? t('users.bulk.done') : problem ? inWords(problem) : t('error.title'),
    }))
    return <BulkResultDialog items={items} onClose={onClose} />
  }
  const name = t(`users.do.${action}`)
  return (
    <Modal opened onClose={onClose} title={t('users.bulk.confirm', { action: name, count: ids.length })}>
      <Stack>
        <ProblemAlert error={go.error} />
        {action === 'changeRole' && <RoleSelect value={roleId} onChange={setRoleId} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            loading={go.isPending}
            disabled={action === 'changeRole' && roleId === ''}
            onClick={() => go.mutate()}
          >
            {action === 'changeRole' ? t('action.apply') : name}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
