import { allRoutes, builtInRoles, permissionGroups, permissionsNeeded } from '@tenantry/contract'
import { expect, test } from 'vitest'

// The page is written from the one definition: `npx vitest run --project unit permissions-page -u` writes it anew.
test('docs/permissions.md says what the catalogue says', async () => {
  const holds = (role: keyof typeof builtInRoles, name: string) =>
    (builtInRoles[role].permissions as readonly string[]).includes(name) ? '✓' : ''
  const routesOf = (name: string) =>
    allRoutes
      .filter(({ needs }) => (permissionsNeeded(needs) as readonly string[]).includes(name))
      .map(({ method, path }) => `\`${method} ${path.replace('/api/v1', '')}\``)
      .join('<br>')
  const lines = Object.entries(permissionGroups).flatMap(([group, members]) => [
    `## ${group}`,
    '',
    '| permission | lets a person | Platform Admin | Tenant Admin | Tenant User | asked for by |',
    '|---|---|---|---|---|---|',
    ...Object.entries(members).map(
      ([name, text]) =>
        `| \`${name}\` | ${text} | ${holds('platform_admin', name)} | ${holds('tenant_admin', name)} | ${holds('tenant_user', name)} | ${routesOf(name)} |`,
    ),
    '',
  ])
  const head = [
    '# Permissions',
    '',
    'Written from `packages/contract/src/permissions.ts`, which the check, the matrix and the API use. A role is a set of these;',
    'a custom role of a tenant holds none of the group “platform”. Some routes open to any one of several.',
    '',
  ]
  await expect([...head, ...lines].join('\n')).toMatchFileSnapshot('../docs/permissions.md')
})
