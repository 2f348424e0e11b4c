import { Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { BulkResult } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { refreshUsers } from './queries.ts'
import { RoleSelect } from './RoleSelect.tsx'

type Action = 'changeRole' | 'disable' | 'enable' | 'delete'
const needs = {
  changeRole: 'role.assign',
  disable: 'user.disable',
  enable: 'user.disable',
  delete: 'user.delete',
} as const

/** What may be done with several at once, and afterwards what became of each. */
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
      {action && <BulkDialog action={action} ids={ids} onClose={() => setAction(null)} />}
    </>
  )
}

const carryOut = (action: Action, ids: string[], roleId: string): Promise<BulkResult> => {
  if (action === 'changeRole') return api('bulkChangeRole', { body: { ids, roleId } })
  if (action === 'disable') return api('bulkDisable', { body: { ids } })
  if (action === 'enable') return api('bulkEnable', { body: { ids } })
  return api('bulkDelete', { body: { ids } })
}

function BulkDialog({ action, ids, onClose }: { action: Action; ids: string[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [roleId, setRoleId] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [result, setResult] = useState<BulkResult | null>(null)
  const go = async () => {
    setBusy(true)
    setError(null)
    try {
      setResult(await carryOut(action, ids, roleId))
      await refreshUsers()
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  const name = t(`users.do.${action}`)
  if (result) {
    const failed = result.items.filter(({ done }) => !done)
    const done = result.items.length - failed.length
    return (
      <Modal opened onClose={onClose} title={t('users.bulk.result')}>
        <Stack>
          <Text size="sm" role="status">
            {failed.length === 0
              ? t('users.bulk.allDone', { count: done })
              : t('users.bulk.some', { done, failed: failed.length })}
          </Text>
          <ul className="results">
            {[...failed, ...result.items.filter((item) => item.done)].map(({ id, username, done: well, problem }) => (
              <li key={id}>
                {well ? (
                  <IconCheck size={16} color="var(--status-good)" aria-hidden />
                ) : (
                  <IconX size={16} color="var(--status-bad)" aria-hidden />
                )}
                <span>
                  <strong>{username ?? id}</strong>:{' '}
                  {well ? t('users.bulk.done') : (problem?.title ?? t('error.title'))}
                </span>
              </li>
            ))}
          </ul>
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('action.close')}</Button>
          </Group>
        </Stack>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={onClose} title={t('users.bulk.confirm', { action: name, count: ids.length })}>
      <Stack>
        <ProblemAlert error={error} />
        {action === 'delete' && <Text size="sm">{t('users.bulk.deleteText')}</Text>}
        {action === 'disable' && <Text size="sm">{t('users.bulk.disableText')}</Text>}
        {action === 'changeRole' && <RoleSelect value={roleId} onChange={setRoleId} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            loading={busy}
            disabled={action === 'changeRole' && roleId === ''}
            {...(action === 'delete' && { color: 'red.9' })}
            onClick={() => void go()}
          >
            {action === 'changeRole' ? t('action.apply') : name}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
