import '../workspaces/messages.ts'
import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { UserQuota } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { Modal } from '../../ui/Dialog.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { RadioLines } from '../../ui/RadioLines.tsx'
import { useForm } from '../../ui/use-form.ts'
import { refreshUserQuotas, userQuotasQuery } from './queries.ts'
import { UserQuotaFields } from './UserQuotaFields.tsx'
import { quotaForm, quotaInWords, quotaOf } from './user-quota.ts'

type Props = { user: { id: string; username: string }; onClose: () => void }

/** What one person may use at most: as everybody, or a quota of their own. */
export function UserQuotaDialog({ user, onClose }: Props) {
  const { t } = useTranslation()
  const { data, error } = useQuery({ ...userQuotasQuery, staleTime: 0 })
  return (
    <Modal opened onClose={onClose} title={t('workspaces.quota.dialog', { username: user.username })}>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton h={180} />}
      {data && (
        <Form
          user={user}
          standard={data.standard}
          own={data.others.find(({ userId }) => userId === user.id)?.quota ?? null}
          onClose={onClose}
        />
      )}
    </Modal>
  )
}

type FormProps = Props & { standard: UserQuota; own: UserQuota | null }
function Form({ user, standard, own, onClose }: FormProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<'standard' | 'own'>(own ? 'own' : 'standard')
  const form = useForm(quotaForm(own ?? standard))
  return (
    <form
      ref={form.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        const quota = kind === 'own' ? quotaOf(form.values) : null
        if (kind === 'own' && !quota) return form.setErrors({ memory: t('memory.wrong') })
        void form.submit(async () => {
          await api('setUserQuota', { params: { id: user.id }, body: { quota } })
          notifications.show({ message: t('workspaces.quota.saved'), color: 'tide' })
          onClose()
          await refreshUserQuotas()
        })
      }}
    >
      <Stack>
        <ProblemAlert error={form.problem} />
        <RadioLines
          legend={t('workspaces.quota.kind')}
          value={kind}
          onChange={setKind}
          options={[
            {
              value: 'standard',
              label: t('workspaces.quota.asEverybody'),
              help: t('workspaces.quota.isStandard', { quota: quotaInWords(t, standard) }),
            },
            { value: 'own', label: t('workspaces.quota.own') },
          ]}
        />
        {kind === 'own' && <UserQuotaFields form={form} />}
        {kind === 'own' && (
          <Text size="xs" c="dimmed">
            {t('workspaces.quota.lead')}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={form.busy}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
