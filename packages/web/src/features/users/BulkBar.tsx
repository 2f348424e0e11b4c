import { Button, Group, Paper, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { BulkDialog } from './BulkDialog.tsx'
import type { Action } from './bulk.ts'
import { LetGoDialog } from './LetGoDialog.tsx'

const needs = {
  changeRole: 'role.assign',
  disable: 'user.disable',
  enable: 'user.disable',
  delete: 'user.delete',
} as const

/** What may be done with several at once. */
export function BulkBar({ ids, onClear }: { ids: string[]; onClear: () => void }) {
  const { t } = useTranslation()
  const { may } = useSession()
  const [action, setAction] = useState<Action | null>(null)
  const actions = (Object.keys(needs) as Action[]).filter((name) => may(needs[name]))
  return (
    <>
      <Paper withBorder p="xs" mb="sm" radius="md" role="region" aria-label={t('users.bulk.label')}>
        <Group gap="xs">
          <Text size="sm" fw={550} className="numbers" role="status" px={6}>
            {t('users.bulk.selected', { count: ids.length })}
          </Text>
          {actions.map((name) => (
            <Button key={name} size="compact-sm" variant="default" onClick={() => setAction(name)}>
              {t(`users.do.${name}`)}
            </Button>
          ))}
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
            {t('users.bulk.clear')}
          </Button>
        </Group>
      </Paper>
      {(action === 'changeRole' || action === 'enable') && (
        <BulkDialog action={action} ids={ids} onClose={() => setAction(null)} />
      )}
      {(action === 'disable' || action === 'delete') && (
        <LetGoDialog action={action} ids={ids} onClose={() => setAction(null)} />
      )}
    </>
  )
}
