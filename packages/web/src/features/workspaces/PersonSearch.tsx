import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callWhole } from '../../ui/person.ts'
import { colleaguesQuery } from './queries.ts'

export type Person = { userId: string; username: string; name: string }
type Props = {
  workspaceId: string
  label: string
  value: Person | null
  onChange: (person: Person | null) => void
  /** Those who need not be offered. */
  without?: string[]
  error?: string | undefined
}

/** Finds somebody of the tenant by the beginning of their name. */
export function PersonSearch({ workspaceId, label, value, onChange, without = [], error }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  // What the field shows of whoever was chosen is no search for somebody else.
  const [sought] = useDebouncedValue(value && typed === callWhole(value) ? '' : typed.trim(), 150)
  const { data = [] } = useQuery(colleaguesQuery(workspaceId, sought))
  const people = data.filter(({ userId }) => !without.includes(userId))
  const offered = value && !people.some(({ userId }) => userId === value.userId) ? [value, ...people] : people
  return (
    <Select
      label={label}
      placeholder={t('workspaces.person.search')}
      data={offered.map((person) => ({ value: person.userId, label: callWhole(person) }))}
      value={value?.userId ?? null}
      onChange={(id) => onChange(offered.find(({ userId }) => userId === id) ?? null)}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      // The server has sought already.
      filter={({ options }) => options}
      nothingFoundMessage={t('workspaces.person.nobody')}
      error={error}
      flex="1 1 240px"
    />
  )
}
