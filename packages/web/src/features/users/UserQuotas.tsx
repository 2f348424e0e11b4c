import '../workspaces/messages.ts'
import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { UserQuota } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { useForm } from '../../ui/use-form.ts'
import { refreshUserQuotas, userQuotasQuery } from './queries.ts'
import { UserQuotaDialog } from './UserQuotaDialog.tsx'
import { UserQuotaFields } from './UserQuotaFields.tsx'
import { quotaForm, quotaInWords, quotaOf } from './user-quota.ts'

/** What each person may use at most: everybody, and who has another. */
export function UserQuotas() {
  const { t } = useTranslation()
  const { may } = useSession()
  const { data, error } = useQuery({ ...userQuotasQuery, refetchOnWindowFocus: false })
  const [open, setOpen] = useState<{ id: string; username: string } | null>(null)
  return (
    <Stack component="section" maw={640} gap="md">
      <div>
        <Title order={2}>{t('workspaces.quota.title')}</Title>
        <Text size="sm" c="dimmed">
          {t('workspaces.quota.lead')}
        </Text>
      </div>
      <ProblemAlert error={error} />
      {!data && !error && <Skeleton h={200} radius={12} />}
      {data && <Standard key={JSON.stringify(data.standard)} standard={data.standard} />}
      {data && (
        <div>
          <Text size="sm" fw={600} mb={6}>
            {t('workspaces.quota.others')}
          </Text>
          {data.others.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('workspaces.quota.nobody')}
            </Text>
          )}
          {data.others.length > 0 && (
            <ul className="card bare-list quota-others">
              {data.others.map(({ userId, username, quota }) => (
                <Group component="li" key={userId} justify="space-between" gap="sm" px="md" py="xs" wrap="nowrap">
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {may('user.view') ? (
                      <Link to="/users/$id" params={{ id: userId }} style={{ color: 'inherit', fontWeight: 550 }}>
                        {username}
                      </Link>
                    ) : (
                      <b>{username}</b>
                    )}
                    <br />
                    <span className="dim numbers">{quotaInWords(t, quota)}</span>
                  </Text>
                  <Button
                    size="compact-sm"
                    variant="default"
                    style={{ flex: 'none' }}
                    aria-label={t('workspaces.quota.changeFor', { username })}
                    onClick={() => setOpen({ id: userId, username })}
                  >
                    {t('workspaces.quota.change')}
                  </Button>
                </Group>
              ))}
            </ul>
          )}
        </div>
      )}
      {open && <UserQuotaDialog user={open} onClose={() => setOpen(null)} />}
    </Stack>
  )
}

function Standard({ standard }: { standard: UserQuota }) {
  const { t } = useTranslation()
  const form = useForm(quotaForm(standard))
  return (
    <form
      ref={form.form}
      noValidate
      aria-label={t('workspaces.quota.standard')}
      onSubmit={(event) => {
        event.preventDefault()
        const body = quotaOf(form.values)
        if (!body) return form.setErrors({ memory: t('memory.wrong') })
        void form.submit(async () => {
          await api('setStandardQuota', { body })
          notifications.show({ message: t('workspaces.quota.saved'), color: 'tide' })
          await refreshUserQuotas()
        })
      }}
    >
      <Stack>
        <ProblemAlert error={form.problem} />
        <UserQuotaFields form={form} />
        <Group>
          <Button type="submit" variant="default" loading={form.busy}>
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
