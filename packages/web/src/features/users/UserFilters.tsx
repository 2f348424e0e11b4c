import { Button, Group, MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { UserStatus } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../ui/SearchField.tsx'
import { rolesQuery } from './queries.ts'
import type { UserSearch } from './user-search.ts'

const statuses: UserStatus[] = ['active', 'invited', 'must_change', 'locked', 'disabled', 'deleted']
const listOf = (text: string | undefined) => text?.split(',').filter(Boolean) ?? []

type Props = { search: UserSearch; onChange: (change: Partial<UserSearch>, replace?: boolean) => void }

/** Search as one types, and filters; all of it in the address. */
export function UserFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const { data: roles = [] } = useQuery(rolesQuery)
  const filtered = search.q || search.role || search.status
  return (
    <Group gap="xs" mb="sm" align="flex-start" role="search">
      <SearchField
        label={t('users.search')}
        placeholder={t('users.searchPlaceholder')}
        value={search.q ?? ''}
        onSearch={(q) => onChange({ q }, true)}
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
            onChange({ q: '', role: '', status: '' })
          }}
        >
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  )
}
