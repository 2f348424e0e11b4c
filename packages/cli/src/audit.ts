import type { Tenant } from '@tenantry/contract'
import { type Verdict, verifyTenant } from '@tenantry/server/features/audit-log/index.ts'
import { findPlatform, findTenantBySlug } from '@tenantry/server/features/tenants/index.ts'
import type { Deps } from '@tenantry/server/platform/deps.ts'
import type { Command } from 'commander'
import { inHouse } from './house.ts'
import { print, Refused } from './output.ts'
import { everyTenant } from './tenant.ts'

type Checked = { tenant: string } & Verdict

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('look after the audit log')

  audit
    .command('verify')
    .description(
      'recompute the hash chain of every tenant, and name the first entry that is broken; exit code 1 if there is one',
    )
    .option('--tenant <slug>', 'only of this one')
    .action(async ({ tenant }: { tenant?: string }) => {
      const checked = await inHouse(async (deps) => {
        const all: Checked[] = []
        for (const { id, slug } of await tenantsOf(deps, tenant)) {
          all.push({ tenant: slug, ...(await verifyTenant(deps.database, id)) })
        }
        return all
      })
      const lines = checked.map(({ tenant: slug, entries, broken }) =>
        broken
          ? `${slug}: BROKEN at entry ${broken.seq}: ${broken.why}. The ${entries.toLocaleString('en')} before it hold.`
          : `${slug}: ${entries.toLocaleString('en')} entries, the chain holds.`,
      )
      print(program.opts().json, checked, lines.join('\n'))
      if (checked.some(({ broken }) => broken)) process.exitCode = 1
    })
}

async function tenantsOf(deps: Deps, slug: string | undefined): Promise<Pick<Tenant, 'id' | 'slug'>[]> {
  if (slug !== undefined) {
    const found = await deps.database.asSystem('the operator names a tenant', (tx) => findTenantBySlug(tx, slug))
    if (!found) throw new Refused(`There is no tenant "${slug}".`)
    return [found]
  }
  const platform = await deps.database.asSystem('the operator verifies every trail', findPlatform)
  const all = await everyTenant(deps)
  return platform ? [platform, ...all] : all
}
