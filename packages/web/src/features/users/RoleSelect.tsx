import { Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { rolesQuery } from './queries.ts'

type Props = {
  value: string
  onChange: (id: string) => void
  error?: string | undefined
  disabled?: boolean
  description?: string
}

/** The roles of the tenant. Those one cannot give are listed, disabled, with what one lacks. */
export function RoleSelect({ value, onChange, error, disabled = false, description }: Props) {
  const { t } = useTranslation()
  const { data: roles = [] } = useQuery(rolesQuery)
  const missing = new Map(roles.map((role) => [role.id, role.missing]))
  return (
    <Select
      label={t('field.role')}
      description={description}
      name="roleId"
      data={roles.map(({ id, name, assignable }) => ({
        value: id,
        label: name,
        disabled: !assignable && id !== value,
      }))}
      value={value || null}
      onChange={(id) => id && onChange(id)}
      allowDeselect={false}
      searchable={roles.length > 8}
      error={error}
      disabled={disabled}
      checkIconPosition="right"
      renderOption={({ option }) => (
        <div>
          {option.label}
          {option.disabled && (
            <Text size="xs" c="dimmed">
              {t('users.create.notAssignable', { missing: missing.get(option.value)?.slice(0, 3).join(', ') ?? '' })}
            </Text>
          )}
        </div>
      )}
    />
  )
}
