import { Checkbox, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { Permission } from '@tenantry/contract'
import {
  builtInRoles,
  type PermissionGroup,
  permissionGroups,
  permissionsInScope,
} from '@tenantry/contract/permissions'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../../app/session.ts'

type Props = { value: ReadonlySet<Permission>; onChange: (value: ReadonlySet<Permission>) => void }

const onOthers: Permission[] = ['user.update', 'user.reset_password', 'user.disable', 'user.delete', 'role.assign']

/** Acts on users, and yet not on an ordinary one: nobody touches who holds more than they do. */
const tooWeak = (value: ReadonlySet<Permission>): boolean =>
  onOthers.some((name) => value.has(name)) && builtInRoles.tenant_user.permissions.some((name) => !value.has(name))

/** Every permission by group, searchable; those one does not hold cannot be given. */
export function PermissionMatrix({ value, onChange }: Props) {
  const { t } = useTranslation()
  const { may, tenant } = useSession()
  const [q, setQ] = useState('')
  const words = q.trim().toLowerCase()
  const scope = new Set<string>(permissionsInScope[tenant.kind])
  const groups = (Object.keys(permissionGroups) as PermissionGroup[])
    .map((group) => ({
      group,
      members: (Object.entries(permissionGroups[group]) as [Permission, string][]).filter(
        ([name, text]) => scope.has(name) && (name.includes(words) || text.toLowerCase().includes(words)),
      ),
    }))
    .filter(({ members }) => members.length > 0)
  const set = (names: Permission[], on: boolean) => {
    const next = new Set(value)
    for (const name of names) on ? next.add(name) : next.delete(name)
    onChange(next)
  }
  return (
    <Stack gap="xs">
      <TextInput
        aria-label={t('roles.form.search')}
        placeholder={t('roles.form.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={q}
        onChange={(event) => setQ(event.currentTarget.value)}
        rightSectionWidth={130}
        rightSection={
          <Text size="xs" c="dimmed" role="status">
            {t('roles.form.chosen', { count: value.size })}
          </Text>
        }
      />
      {tooWeak(value) && (
        <Text size="sm" role="status">
          {t('roles.form.tooWeak')}
        </Text>
      )}
      <div className="matrix-scroll">
        {groups.length === 0 && <Text c="dimmed">{t('roles.form.nothing')}</Text>}
        {groups.map(({ group, members }) => {
          const able = members.map(([name]) => name).filter((name) => may(name))
          const on = able.filter((name) => value.has(name)).length
          const title = t(`users.group.${group}`)
          return (
            <fieldset key={group} className="matrix">
              <legend>{title}</legend>
              <Checkbox
                size="xs"
                mb={8}
                label={t('roles.form.group', { group: title })}
                disabled={able.length === 0}
                checked={on > 0 && on === able.length}
                indeterminate={on > 0 && on < able.length}
                onChange={(event) => set(able, event.currentTarget.checked)}
              />
              <SimpleGrid cols={{ base: 1, sm: 2 }} spacing={6} verticalSpacing={8}>
                {members.map(([name, text]) => (
                  <Checkbox
                    key={name}
                    size="xs"
                    label={text.charAt(0).toUpperCase() + text.slice(1)}
                    description={may(name) ? name : `${name} · ${t('roles.form.notHeld')}`}
                    disabled={!may(name)}
                    checked={value.has(name)}
                    onChange={(event) => set([name], event.currentTarget.checked)}
                  />
                ))}
              </SimpleGrid>
            </fieldset>
          )
        })}
      </div>
    </Stack>
  )
}
