import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { auditActions } from '@tenantry/contract/audit-actions'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../ui/SearchField.tsx'
import { type AuditSearch, noFilter } from './audit-search.ts'

type Change = { [Name in keyof AuditSearch]?: AuditSearch[Name] | undefined }
type Props = { search: AuditSearch; onChange: (change: Change, replace?: boolean) => void }

/** Search as one types, and filters; all of it in the address. */
export function AuditFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const filtered = search.q || search.from || search.to || search.action || search.result
  return (
    <Group gap="xs" mb="sm" align="flex-end" role="search">
      <SearchField
        label={t('audit.search')}
        placeholder={t('audit.searchPlaceholder')}
        value={search.q ?? ''}
        onSearch={(q) => onChange({ q: q || undefined }, true)}
      />
      <MultiSelect
        aria-label={t('audit.action')}
        placeholder={search.action ? '' : t('audit.anyAction')}
        data={Object.entries(auditActions).map(([value, label]) => ({ value, label }))}
        value={search.action?.split(',') ?? []}
        onChange={(value) => onChange({ action: value.join(',') || undefined })}
        searchable
        clearable
        maxDropdownHeight={320}
        miw={160}
        flex="0 1 220px"
      />
      <Select
        aria-label={t('audit.result')}
        placeholder={t('audit.anyResult')}
        data={[
          { value: 'success', label: t('audit.success') },
          { value: 'refused', label: t('audit.refused') },
        ]}
        value={search.result ?? null}
        onChange={(value) => onChange({ result: (value ?? undefined) as AuditSearch['result'] })}
        clearable
        w={140}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          label={t(`audit.${name}`)}
          value={search[name] ?? ''}
          onChange={(event) => onChange({ [name]: event.currentTarget.value || undefined })}
          w={150}
        />
      ))}
      {filtered && (
        <Button variant="subtle" color="gray" onClick={() => onChange(noFilter)}>
          {t('action.clearFilters')}
        </Button>
      )}
    </Group>
  )
}
