import { createTenant as contract, type Tenant } from '@tenantry/contract'
import { createTenant, listTenants } from '@tenantry/server/features/tenants/index.ts'
import { operator } from '@tenantry/server/platform/access/actor.ts'
import type { Deps } from '@tenantry/server/platform/deps.ts'
import { newId } from '@tenantry/server/platform/secrets/ids.ts'
import type { Command } from 'commander'
import { checked } from './checked.ts'
import { inHouse } from './house.ts'
import { print, table } from './output.ts'

export function addTenantCommands(program: Command): void {
  const tenant = program.command('tenant').description('create and list tenants')

  tenant
    .command('create <slug>')
    .description('create a tenant; <slug> is its organization name at sign-in')
    .requiredOption('--name <name>', 'the name people read')
    .option('--description <text>', 'what it is for', '')
    .action(async (slug: string, { name, description }) => {
      const input = checked(contract.body, { slug, name, description })
      const created = await inHouse((deps) => createTenant(deps, operator(newId()), input))
      print(
        program.opts().json,
        created,
        `Tenant "${created.name}" created. Its people sign in with the organization "${created.slug}".`,
      )
    })

  tenant
    .command('list')
    .description('list all tenants')
    .action(async () => {
      const tenants = await inHouse(everyTenant)
      const rows = tenants.map(({ slug, name, status, createdAt }) => [slug, name, status, createdAt])
      print(program.opts().json, tenants, table(['SLUG', 'NAME', 'STATUS', 'CREATED'], rows))
    })
}

/** All tenants of the platform, by slug. */
export async function everyTenant(deps: Deps): Promise<Tenant[]> {
  const all: Tenant[] = []
  let cursor: string | undefined
  do {
    const page = await listTenants(deps, operator(newId()), { cursor, limit: 200 })
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return all
}
