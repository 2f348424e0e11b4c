import '../workspaces/messages.ts'
import { Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Belongings, User } from '@tenantry/contract'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { RadioLines } from '../../ui/RadioLines.tsx'
import type { Settlement } from './belongings.ts'
import { usersQuery } from './queries.ts'

type Props = {
  user: User
  belongings: Belongings
  value: Settlement
  onChange: (value: Settlement) => void
  error: string | undefined
}

/** What somebody leaves running, and what is to become of it. */
export function BelongingsField({ user, belongings, value, onChange, error }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const { workspaces, volumes, jobs } = belongings
  const mayWorkspaces = may('workspace.manage_all')
  const mayJobs = may('job.cancel_all')
  return (
    <Stack gap="md">
      {workspaces.length > 0 && (
        <RadioLines
          legend={`${t('workspaces.belongings.workspaces')}: ${workspaces.map(({ name, state }) => `${name} (${t(`workspaces.state.${state}`)})`).join(', ')}`}
          value={value.workspaces}
          onChange={(chosen) => onChange({ ...value, workspaces: chosen })}
          disabled={!mayWorkspaces}
          options={(['stop', 'hand_over', 'keep'] as const).map((what) => ({
            value: what,
            label: t(`workspaces.belongings.what.${what}`),
            help: t(`workspaces.belongings.whatHelp.${what}`),
          }))}
        />
      )}
      {workspaces.length > 0 && mayWorkspaces && value.workspaces === 'hand_over' && (
        <Heir without={user.id} value={value.to} onChange={(to) => onChange({ ...value, to })} error={error} />
      )}
      {jobs > 0 && (
        <RadioLines
          legend={t('workspaces.belongings.jobs', { count: jobs })}
          value={value.jobs}
          onChange={(chosen) => onChange({ ...value, jobs: chosen })}
          disabled={!mayJobs}
          options={(['cancel', 'keep'] as const).map((what) => ({
            value: what,
            label: t(`workspaces.belongings.whatJobs.${what}`),
          }))}
        />
      )}
      {volumes.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('workspaces.belongings.volumes', {
            count: volumes.length,
            list: volumes.map(({ name, sizeGiB }) => `${name} (${sizeGiB} GiB)`).join(', '),
          })}
        </Text>
      )}
      {((workspaces.length > 0 && !mayWorkspaces) || (jobs > 0 && !mayJobs)) && (
        <Text size="sm">{t('workspaces.belongings.notYours')}</Text>
      )}
    </Stack>
  )
}

type HeirProps = {
  without: string
  value: string | null
  onChange: (id: string | null) => void
  error: string | undefined
}
/** To whom it is handed over: anybody of the tenant who can work. */
function Heir({ without, value, onChange, error }: HeirProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [sought] = useDebouncedValue(typed.trim(), 150)
  const { data } = useQuery(usersQuery({ limit: 25, status: 'active', ...(sought && value === null && { q: sought }) }))
  const people = data?.items.filter(({ id }) => id !== without) ?? []
  return (
    <Select
      label={t('workspaces.belongings.to')}
      placeholder={t('workspaces.person.search')}
      data={people.map(({ id, username, firstName, lastName }) => ({
        value: id,
        label: `${firstName} ${lastName} (${username})`,
      }))}
      value={value}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t('workspaces.person.nobody')}
      error={error}
    />
  )
}
