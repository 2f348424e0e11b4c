import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Permission } from '@tenantry/contract'
import { useTranslation } from 'react-i18next'
import { api } from '../app/api.ts'

/** Who in the tenant could give a permission one lacks: whom to ask. */
export function Granters({ permission }: { permission: Permission }) {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['granters', permission],
    queryFn: ({ signal }) => api('listGranters', { params: { permission }, signal }),
    retry: false,
  })
  if (!data || data.items.length === 0) return null
  const list = data.items
    .map(({ username, firstName, lastName }) => `${firstName} ${lastName} (${username})`)
    .join(', ')
  return <Text size="sm">{t('error.granters', { list })}</Text>
}
