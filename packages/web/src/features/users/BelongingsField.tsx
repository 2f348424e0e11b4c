import '../workspaces/messages.ts'
import { Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { RadioLines } from '../../ui/RadioLines.tsx'
import type { Settlement } from './belongings.ts'
import { usersQuery } from './queries.ts'

/** What is said of each kind of thing; null where there is none. */
export type Said = { workspaces: string | null; jobs: string | null; volumes: string | null }
type Props = {
  /** Whoever goes: nothing is handed over to them. */
  leaving: readonly string[]
  said: Said
  value: Settlement
  onChange: (value: Settlement) => void
  error: string | undefined
}

/** What people leave running, and what is to become of it. */
export function BelongingsField({ leaving, said, value, onChange, error }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  const mayWorkspaces = may('workspace.manage_all')
  const mayJobs = may('job.cancel_all')
  return (
    <Stack gap="md">
      {said.workspaces !== null && (
        <RadioLines
          legend={said.workspaces}
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
      {said.workspaces !== null && mayWorkspaces && value.workspaces === 'hand_over' && (
        <Heir without={leaving} value={value.to} onChange={(to) => onChange({ ...value, to })} error={error} />
      )}
      {said.jobs !== null && (
        <RadioLines
          legend={said.jobs}
          value={value.jobs}
          onChange={(chosen) => onChange({ ...value, jobs: chosen })}
          disabled={!mayJobs}
          options={(['cancel', 'keep'] as const).map((what) => ({
            value: what,
            label: t(`workspaces.belongings.whatJobs.${what}`),
          }))}
        />
      )}
      {said.volumes !== null && (
        <Text size="sm" c="dimmed">
          {said.volumes}
        </Text>
      )}
      {((said.workspaces !== null && !mayWorkspaces) || (said.jobs !== null && !mayJobs)) && (
        <Text size="sm">{t('workspaces.belongings.notYours')}</Text>
      )}
    </Stack>
  )
}

type HeirProps = {
  without: readonly string[]
  value: string | null
  onChange: (id: string | null) => void
  error: string | undefined
}
/** To whom it is handed over: anybody of the tenant who can work. */
function Heir({ without, value, onChange, error }: HeirProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [sought] = useDebouncedValue(typed.trim(), 150)
  // Enough that somebody is left when those who go are taken out.
  const limit = without.length > 1 ? 100 : 25
  const { data } = useQuery(usersQuery({ limit, status: 'active', ...(sought && value === null && { q: sought }) }))
  const people = data?.items.filter(({ id }) => !without.includes(id)).slice(0, 25) ?? []
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
