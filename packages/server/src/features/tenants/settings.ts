import type { BodyOf, changeTenantSettings as changeRoute, TenantSettings } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { passwordMinLength } from '../../platform/access/tenants.ts'
import { audit, difference } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { refreshActor } from '../users/index.ts'
import * as store from './store.ts'

type Shown = TenantSettings & { slug: string; version: number }

const present = ({ slug, version, name, description, settings }: store.TenantRow): Shown => ({
  slug,
  version,
  name,
  description,
  passwordMinLength: passwordMinLength(settings),
  temporaryLife: settings.temporaryLife ?? 24,
  sessionIdle: settings.sessionIdle ?? 12,
  sessionLife: settings.sessionLife ?? 168,
  emailDomains: settings.emailDomains ?? [],
})

export async function getTenantSettings({ database }: Deps, actor: Actor): Promise<Shown> {
  authorize(actor, 'tenant.view')
  const row = await database.readAtOnce(actor, (tx) => store.find(tx, actor.tenantId))
  return present(row ?? problem('not_found'))
}

/** Changes what the tenant decides for itself. Throws `changed_meanwhile`. */
export const changeTenantSettings = (
  { database }: Deps,
  actor: Actor,
  edit: BodyOf<typeof changeRoute>,
  version: number | null,
): Promise<Shown> =>
  database.withTenant(actor, async (tx) => {
    const current = await refreshActor(tx, actor)
    authorize(current, 'tenant.update_settings')
    const row = (await store.lock(tx, actor.tenantId)) ?? problem('not_found')
    if (version !== null && version !== row.version) problem('changed_meanwhile')
    const { slug: _s, version: _v, ...before } = present(row)
    const after = { ...before, ...edit }
    const text = ({ emailDomains, ...rest }: TenantSettings) => ({ ...rest, emailDomains: emailDomains.join(' ') })
    const changed = difference(text(before), text(after))
    if (Object.keys(changed.after).length === 0) return present(row)
    const { name, description, ...settings } = after
    await store.update(tx, actor.tenantId, { name, description, settings: JSON.stringify(settings) })
    revoke(tx, { tenant: actor.tenantId })
    audit(tx, current, 'tenant.settings_changed', {
      target: { kind: 'tenant', id: row.id, name: row.slug },
      details: changed,
    })
    return present((await store.find(tx, actor.tenantId)) ?? problem('not_found'))
  })
