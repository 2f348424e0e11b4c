import { Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from '../../ui/ProblemAlert.tsx'
import { tenantsQuery } from './queries.ts'

type Props = { value: string; onChange: (id: string) => void; error: string | undefined; taken: string[] }

/** The tenants that have no part of the engine yet. */
export function TenantSelect({ value, onChange, error, taken }: Props) {
  const { t } = useTranslation()
  const tenants = useQuery(tenantsQuery)
  const open = tenants.data?.filter(({ id }) => !taken.includes(id))
  if (tenants.error) return <ProblemAlert error={tenants.error} />
  return (
    <Select
      label={t('engines.allocations.tenant')}
      placeholder={t('engines.allocations.pick')}
      data={open?.map(({ id, slug, name }) => ({ value: id, label: slug === name ? slug : `${slug} · ${name}` })) ?? []}
      value={value || null}
      onChange={(id) => id && onChange(id)}
      allowDeselect={false}
      searchable={(open?.length ?? 0) > 8}
      checkIconPosition="right"
      error={error}
      disabled={open?.length === 0}
      description={open?.length === 0 && <Text span>{t('engines.allocations.noTenants')}</Text>}
      data-autofocus
    />
  )
}
