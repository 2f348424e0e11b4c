import { Button, Group, MultiSelect, SegmentedControl, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import { sorts, states, type WorkspaceSearch } from './workspace-search.ts'

type Props = {
  search: WorkspaceSearch
  /** There is nothing to look through: only whose is still to be chosen. */
  blank: boolean
  onChange: (change: { [K in keyof WorkspaceSearch]?: WorkspaceSearch[K] | undefined }, replace?: boolean) => void
}

/** Search as one types, states, whose and in which order; all of it in the address. */
export function WorkspaceFilters({ search, blank, onChange }: Props) {
  const { t } = useTranslation()
  const { may } = useSession()
  if (blank && !may('workspace.view_all')) return null
  return (
    <Group gap="xs" mb="md" align="flex-start" role="search">
      {!blank && (
        <>
          <SearchField
            label={t('workspaces.filter.search')}
            placeholder={t('workspaces.filter.search')}
            value={search.q ?? ''}
            onSearch={(q) => onChange({ q: q || undefined }, true)}
          />
          <MultiSelect
            aria-label={t('workspaces.filter.state')}
            placeholder={search.state ? '' : t('workspaces.filter.anyState')}
            data={states.map((state) => ({ value: state, label: t(`workspaces.state.${state}`) }))}
            value={search.state?.split(',') ?? []}
            onChange={(value) => onChange({ state: value.join(',') || undefined })}
            clearable
            miw={140}
            flex="0 1 200px"
          />
        </>
      )}
      {may('workspace.view_all') && (
        <SegmentedControl
          aria-label={t('workspaces.filter.whose')}
          data={[
            { value: 'mine', label: t('workspaces.filter.mine') },
            { value: 'all', label: t('workspaces.filter.everybody') },
          ]}
          value={search.whose ?? 'mine'}
          onChange={(value) => onChange({ whose: value === 'all' ? 'all' : undefined })}
        />
      )}
      {!blank && (
        <Select
          aria-label={t('workspaces.filter.sort')}
          data={sorts.map((sort) => ({ value: sort, label: t(`workspaces.filter.${sort}`) }))}
          value={search.sort ?? '-created'}
          onChange={(value) => onChange({ sort: value && value !== '-created' ? value : undefined })}
          allowDeselect={false}
          w={170}
        />
      )}
      {(search.q || search.state) && (
        <Button variant="subtle" color="gray" onClick={() => onChange({ q: undefined, state: undefined })}>
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  )
}
