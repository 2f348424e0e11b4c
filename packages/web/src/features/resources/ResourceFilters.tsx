import { Button, Group, MultiSelect } from '@mantine/core'
import type { ResourceState } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../ui/SearchField.tsx'
import type { ResourceSearch } from './resource-search.ts'

const states: ResourceState[] = [
  'running',
  'starting',
  'pending',
  'stopping',
  'stopped',
  'degraded',
  'failed',
  'unknown',
]

type Props = {
  search: ResourceSearch
  onChange: (change: { [K in keyof ResourceSearch]?: ResourceSearch[K] | undefined }, replace?: boolean) => void
}

/** Search as one types, and states; all of it in the address. */
export function ResourceFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <Group gap="xs" mb="sm" align="flex-start" role="search">
      <SearchField
        label={t('resources.search')}
        placeholder={t('resources.search')}
        value={search.q ?? ''}
        onSearch={(q) => onChange({ q: q || undefined }, true)}
      />
      <MultiSelect
        aria-label={t('resources.filterState')}
        placeholder={search.state ? '' : t('resources.anyState')}
        data={states.map((state) => ({ value: state, label: t(`dashboard.state.${state}`) }))}
        value={search.state?.split(',') ?? []}
        onChange={(value) => onChange({ state: value.join(',') || undefined })}
        clearable
        miw={150}
        flex="0 1 220px"
      />
      {(search.q || search.state) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({ q: undefined, state: undefined })}>
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  )
}
