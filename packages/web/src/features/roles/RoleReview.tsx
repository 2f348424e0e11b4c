import { Stack, Text } from '@mantine/core'
import type { AnswerOf, Permission, previewRoleEdit } from '@tenantry/contract'
import { permissionGroups } from '@tenantry/contract/permissions'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../app/format.ts'

export type Review = AnswerOf<typeof previewRoleEdit>

const sentences = Object.assign({}, ...Object.values(permissionGroups)) as Record<Permission, string>

/** What an edit gives and takes, and from whom by name. */
export function RoleReview({ review: { gained, lost, holders, people } }: { review: Review }) {
  const { t } = useTranslation()
  const others = holders.count - people.length
  const list = (title: string, permissions: Permission[]) =>
    permissions.length > 0 && (
      <div>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <ul className="changes">
          {permissions.map((permission) => (
            <li key={permission}>
              {sentences[permission]} <code>{permission}</code>
            </li>
          ))}
        </ul>
      </div>
    )
  return (
    <Stack gap="md">
      {gained.length + lost.length === 0 && <Text size="sm">{t('roles.review.nothing')}</Text>}
      {list(t('roles.review.gained'), gained)}
      {list(t('roles.review.lost'), lost)}
      {holders.count === 0 ? (
        <Text size="sm">{t('roles.review.nobody')}</Text>
      ) : (
        <div>
          <Text size="sm" fw={600}>
            {holders.more
              ? t('roles.review.peopleMore', { n: formatNumber(holders.count) })
              : t('roles.review.people', { count: holders.count, n: formatNumber(holders.count) })}
          </Text>
          <Text size="sm">
            {people.map(({ username, firstName, lastName }) => `${firstName} ${lastName} (${username})`).join(', ')}
            {others > 0 && ` ${t('roles.review.others', { count: others, n: formatNumber(others) })}`}
          </Text>
        </div>
      )}
    </Stack>
  )
}
