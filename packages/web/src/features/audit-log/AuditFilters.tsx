import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { auditActions } from '@tenantry/contract/audit-actions'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSingleKey } from '../../app/single-keys.ts'
import type { AuditSearch } from './audit-search.ts'

type Change = { [Name in keyof AuditSearch]?: AuditSearch[Name] | undefined }
type Props = { search: AuditSearch; onChange: (change: Change, replace?: boolean) => void }

/** Search as one types, and filters; all of it in the address. */
export function AuditFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(search.q ?? '')
  const sent = useRef(search.q ?? '')
  const input = useRef<HTMLInputElement>(null)
  const send = useDebouncedCallback((q: string) => {
    sent.current = q.trim()
    onChange({ q: q.trim() || undefined }, true)
  }, 200)
  // Back and forward change the address under the field.
  useEffect(() => {
    if ((search.q ?? '') !== sent.current) {
      sent.current = search.q ?? ''
      setTyped(search.q ?? '')
    }
  }, [search.q])
  useSingleKey('/', () => input.current?.focus())
  const filtered = search.q || search.from || search.to || search.action || search.result
  return (
    <Group gap="xs" mb="sm" align="flex-end" role="search">
      <TextInput
        ref={input}
        aria-label={t('audit.search')}
        placeholder={t('audit.searchPlaceholder')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        maxLength={200}
        onChange={(event) => {
          setTyped(event.currentTarget.value)
          send(event.currentTarget.value)
        }}
        flex="1 1 220px"
        maw={360}
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
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            setTyped('')
            sent.current = ''
            onChange({ q: undefined, from: undefined, to: undefined, action: undefined, result: undefined })
          }}
        >
          {t('audit.clear')}
        </Button>
      )}
    </Group>
  )
}
