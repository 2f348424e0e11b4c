import { defaultLayout, gridColumns, type Layout, type LayoutAnswer, overlaps, widgets } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { refreshActor } from '../users/index.ts'
import * as store from './store.ts'

type Saving = { layout: Layout; revision: number }

const userOf = ({ userId }: Actor): string => userId ?? problem('not_signed_in')

/** The dashboard as the actor laid it out, else the tenant's default, else the product's. */
export function getLayout({ database }: Deps, actor: Actor): Promise<LayoutAnswer> {
  const userId = userOf(actor)
  return database.readAtOnce(actor, (tx) => shown(tx, actor.tenantId, userId))
}

/** Throws `layout_overlaps`, `changed_meanwhile`. */
export function saveLayout({ database }: Deps, actor: Actor, { layout, revision }: Saving): Promise<LayoutAnswer> {
  const userId = userOf(actor)
  check(layout)
  return database.withTenant(actor, async (tx) => {
    if (!(await store.putLayout(tx, actor.tenantId, userId, layout, revision))) problem('changed_meanwhile')
    return shown(tx, actor.tenantId, userId)
  })
}

export function resetLayout({ database }: Deps, actor: Actor): Promise<LayoutAnswer> {
  const userId = userOf(actor)
  return database.withTenant(actor, async (tx) => {
    await store.removeLayout(tx, actor.tenantId, userId)
    return shown(tx, actor.tenantId, userId)
  })
}

export function getDefaultLayout({ database }: Deps, actor: Actor): Promise<LayoutAnswer> {
  authorize(actor, 'dashboard.set_default')
  return database.readAtOnce(actor, async (tx) => asDefault(await store.findDefault(tx, actor.tenantId)))
}

/** Throws `layout_overlaps`, `changed_meanwhile`. */
export function setDefaultLayout({ database }: Deps, actor: Actor, saving: Saving): Promise<LayoutAnswer> {
  check(saving.layout)
  return database.withTenant(actor, async (tx) => {
    const current = await refreshActor(tx, actor)
    authorize(current, 'dashboard.set_default')
    const before = await store.findDefault(tx, actor.tenantId)
    if (!(await store.putDefault(tx, actor.tenantId, saving.layout, saving.revision))) problem('changed_meanwhile')
    const types = ({ items }: Layout) => items.map(({ type }) => type)
    audit(tx, current, 'dashboard.default_set', {
      details: {
        before: { widgets: types(before?.layout ?? defaultLayout(widgets)) },
        after: { widgets: types(saving.layout) },
      },
    })
    return asDefault(await store.findDefault(tx, actor.tenantId))
  })
}

function check({ items }: Layout): void {
  if (overlaps(items) !== null || items.some(({ x, w }) => x + w > gridColumns)) problem('layout_overlaps')
  const ids = new Set(items.map(({ i }) => i))
  const types = new Set(items.map(({ type }) => type))
  if (ids.size < items.length || types.size < items.length) {
    problem('layout_overlaps', { detail: 'A widget is there twice.' })
  }
}

async function shown(tx: Tx, tenantId: string, userId: string): Promise<LayoutAnswer> {
  const [own, byTenant] = await Promise.all([store.findLayout(tx, tenantId, userId), store.findDefault(tx, tenantId)])
  if (!own) return { ...asDefault(byTenant), revision: 0 }
  return { layout: own.layout, source: 'own', revision: own.revision, defaultRevision: byTenant?.revision ?? 0 }
}

const asDefault = (stored: store.StoredLayout | undefined): LayoutAnswer => ({
  layout: stored?.layout ?? defaultLayout(widgets),
  source: stored ? 'tenant' : 'product',
  revision: stored?.revision ?? 0,
  defaultRevision: stored?.revision ?? 0,
})
