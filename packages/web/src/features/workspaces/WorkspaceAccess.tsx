import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconUsers } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { Workspace } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../app/api.ts'
import { formatRelative } from '../../app/format.ts'
import { queryClient } from '../../app/session.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { PersonName } from '../../ui/PersonName.tsx'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { callName, callWhole } from '../../ui/person.ts'
import { type Person, PersonSearch } from './PersonSearch.tsx'
import { sharesQuery, workspaceQuery } from './queries.ts'

/** Who may open it: its owner, and whom it is shared with. */
export function WorkspaceAccess({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const { id, owner, can } = workspace
  const [person, setPerson] = useState<Person | null>(null)
  const shares = useQuery(sharesQuery(id))
  const done = async (message: string) => {
    notifications.show({ message, color: 'tide' })
    await Promise.all([
      queryClient.invalidateQueries(sharesQuery(id)),
      queryClient.invalidateQueries(workspaceQuery(id)),
      queryClient.invalidateQueries({ queryKey: ['workspaces', 'list'] }),
    ])
  }
  const give = useMutation({
    mutationFn: ({ userId }: Person) => api('shareWorkspace', { params: { id }, body: { userId } }),
    onSuccess: async (answer, person) => {
      queryClient.setQueryData(sharesQuery(id).queryKey, answer.items)
      setPerson(null)
      await done(t('workspaces.access.given', { person: callName(person) }))
    },
  })
  const withdraw = useMutation({
    mutationFn: ({ userId }: Person) => api('unshareWorkspace', { params: { id, userId } }),
    onSuccess: (_, person) => done(t('workspaces.access.withdrawn', { person: callName(person) })),
  })
  const { data: items } = shares
  return (
    <Stack maw={760}>
      <Text size="sm">{t('workspaces.access.lead')}</Text>
      <Text size="sm" c="dimmed">
        {t('workspaces.access.atOnce')}
      </Text>
      <ProblemAlert error={shares.error ?? give.error ?? withdraw.error} />
      {can.share && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (person) give.mutate(person)
          }}
        >
          <Group align="flex-end" gap="xs">
            <PersonSearch
              workspaceId={id}
              label={t('workspaces.access.addFor')}
              value={person}
              onChange={setPerson}
              without={[owner.id, ...(items ?? []).map(({ userId }) => userId)]}
            />
            <Button type="submit" loading={give.isPending} disabled={!person}>
              {t('workspaces.access.add')}
            </Button>
          </Group>
        </form>
      )}
      {shares.isPending && <Skeleton h={120} radius={12} />}
      {items?.length === 0 && (
        <div className="card">
          <EmptyState
            within
            level={2}
            icon={<IconUsers size={18} />}
            title={t('workspaces.access.none')}
            text={t('workspaces.access.noneText')}
          />
        </div>
      )}
      {items && items.length > 0 && (
        <ul className="card bare-list access-list" aria-label={t('workspaces.access.table')}>
          {items.map((share) => (
            <li key={share.userId}>
              <span>
                <PersonName person={share} />
                <span className="dim access-since">
                  {t('workspaces.access.since', { when: formatRelative(share.sharedAt) })}
                </span>
              </span>
              {can.share && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('workspaces.access.withdrawFrom', { person: callWhole(share) })}
                  loading={withdraw.isPending && withdraw.variables.userId === share.userId}
                  onClick={() => withdraw.mutate(share)}
                >
                  {t('workspaces.access.withdraw')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Stack>
  )
}
