import { Button, Group, MultiSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { UserStatus } from '@tenantry/contract'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSingleKey } from '../../app/single-keys.ts'
import { rolesQuery } from './queries.ts'
import type { UserSearch } from './user-search.ts'

const statuses: UserStatus[] = ['active', 'invited', 'must_change', 'locked', 'disabled', 'deleted']
const listOf = (text: string | undefined) => text?.split(',').filter(Boolean) ?? []

type Props = { search: UserSearch; onChange: (change: Partial<UserSearch>, replace?: boolean) => void }

/** Search as one types, and filters; all of it in the address. */
export function UserFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const { data: roles = [] } = useQuery(rolesQuery)
  const [typed, setTyped] = useState(search.q ?? '')
  const sent = useRef(search.q ?? '')
  const input = useRef<HTMLInputElement>(null)
  const send = useDebouncedCallback((q: string) => {
    sent.current = q.trim()
    onChange({ q: q.trim() }, true)
  }, 150)
  // Back and forward change the address under the field.
  useEffect(() => {
    if ((search.q ?? '') !== sent.current) {
      sent.current = search.q ?? ''
      setTyped(search.q ?? '')
    }
  }, [search.q])
  useSingleKey('/', () => input.current?.focus())
  const filtered = search.q || search.role || search.status
  return (
    <Group gap="xs" mb="sm" align="flex-start" role="search">
      <TextInput
        ref={input}
        aria-label={t('users.search')}
        placeholder={t('users.searchPlaceholder')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          send(event.currentTarget.value)
        }}
        flex="1 1 240px"
        maw={400}
      />
      <MultiSelect
        aria-label={t('users.filterRole')}
        placeholder={search.role ? '' : t('users.anyRole')}
        data={roles.map(({ id, name }) => ({ value: id, label: name }))}
        value={listOf(search.role)}
        onChange={(value) => onChange({ role: value.join(',') })}
        clearable
        miw={150}
        flex="0 1 190px"
      />
      <MultiSelect
        aria-label={t('users.filterStatus')}
        placeholder={search.status ? '' : t('users.anyStatus')}
        data={statuses.map((status) => ({ value: status, label: t(`status.${status}`) }))}
        value={listOf(search.status)}
        onChange={(value) => onChange({ status: value.join(',') })}
        clearable
        miw={150}
        flex="0 1 190px"
      />
      {filtered && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            setTyped('')
            sent.current = ''
            onChange({ q: '', role: '', status: '' })
          }}
        >
          {t('users.clear')}
        </Button>
      )}
    </Group>
  )
}
