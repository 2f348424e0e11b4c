import { Button, Group, MultiSelect, SegmentedControl, Select } from '@mantine/core'
import type { ResourceState } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../ui/SearchField.tsx'
import type { JobSearch } from './job-search.ts'

const states: ResourceState[] = [
  'pending',
  'starting',
  'running',
  'stopping',
  'stopped',
  'degraded',
  'failed',
  'unknown',
]

type Props = {
  search: JobSearch
  engines: { value: string; label: string }[]
  /** Whether whoever looks may see everybody’s. */
  all: boolean
  /** There is nothing to look through: only whose is still to be chosen. */
  blank: boolean
  onChange: (change: { [K in keyof JobSearch]?: JobSearch[K] | undefined }, replace?: boolean) => void
}

/** Search as one types, states, the engine, and whose jobs; all of it in the address. */
export function JobFilters({ search, engines, all, blank, onChange }: Props) {
  const { t } = useTranslation()
  if (blank && !all) return null
  return (
    <Group gap="xs" mb="sm" align="flex-start" role="search">
      {!blank && (
        <>
          <SearchField
            label={t('jobs.search')}
            placeholder={t('jobs.search')}
            value={search.q ?? ''}
            onSearch={(q) => onChange({ q: q || undefined }, true)}
          />
          <MultiSelect
            aria-label={t('jobs.filterState')}
            placeholder={search.state ? '' : t('jobs.anyState')}
            data={states.map((state) => ({ value: state, label: t(`jobs.state.${state}`) }))}
            value={search.state?.split(',') ?? []}
            onChange={(value) => onChange({ state: value.join(',') || undefined })}
            clearable
            miw={150}
            flex="0 1 200px"
          />
          {(engines.length > 1 || search.engine) && (
            <Select
              aria-label={t('jobs.filterEngine')}
              placeholder={t('jobs.anyEngine')}
              data={engines}
              value={search.engine ?? null}
              onChange={(value) => onChange({ engine: value ?? undefined })}
              clearable
              miw={140}
              flex="0 1 170px"
            />
          )}
        </>
      )}
      {all && (
        <SegmentedControl
          aria-label={t('jobs.whose')}
          data={[
            { value: 'mine', label: t('jobs.mine') },
            { value: 'all', label: t('jobs.everybody') },
          ]}
          value={search.whose ?? 'mine'}
          onChange={(value) => onChange({ whose: value === 'all' ? 'all' : undefined })}
        />
      )}
      {(search.q || search.state || search.engine) && (
        <Button
          variant="subtle"
          color="gray"
          onClick={() => onChange({ q: undefined, state: undefined, engine: undefined })}
        >
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  )
}
