import type {
  AuditAction,
  BodyInputOf,
  BodyOf,
  createRole as createRoute,
  editRole as editRoute,
  Permission,
  Role,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, guardRights } from '../../platform/access/authorize.ts'
import { missingFrom, rightsOf } from '../../platform/access/rights.ts'
import { findRole, insertRoles, type RoleRow } from '../../platform/access/roles.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { ownTenant } from '../../platform/access/tenants.ts'
import { audit, auditRefusal, difference, type Target } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { ProblemError, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { findUser, isTenantAdmin, keepAnAdminBeside, refreshActor } from '../users/index.ts'
import { checkName, checkScope, inOrder, present, rightsWhenEnabled, type Scope } from './rules.ts'
import * as store from './store.ts'

const targetOf = ({ id, name }: Pick<RoleRow, 'id' | 'name'>): Target => ({ kind: 'role', id, name })

/** More holders than this are moved by changing their roles, with an entry of its own for each. */
const mostMoved = 5_000

/** Creates a custom role. Throws `role_name_taken`, `permission_out_of_scope`, `exceeds_your_rights`. */
export const createRole = (deps: Deps, actor: Actor, input: BodyInputOf<typeof createRoute>): Promise<Role> =>
  recordingRefusals(deps, actor, 'role.created', async (tx, refuse) => {
    const id = newId()
    refuse({ kind: 'role', id: null, name: input.name })
    const [current, { kind }] = await Promise.all([refreshActor(tx, actor), ownTenant(tx, actor.tenantId)])
    authorize(current, 'role.create')
    checkName(input.name)
    checkScope(input.permissions, kind)
    const rights = new Set<Permission>(input.permissions)
    guardRights(current, rights)
    const role = {
      id,
      tenantId: actor.tenantId,
      builtIn: null,
      name: input.name,
      description: input.description ?? '',
      permissions: inOrder(rights),
    }
    await insertRoles(tx, [role])
    const { name, description, permissions } = role
    audit(tx, current, 'role.created', {
      target: targetOf(role),
      details: { after: { name, description, permissions } },
    })
    return shown(tx, current, id, kind)
  })

/**
 * Changes a custom role, for everybody who holds it. What the role permits before and after is measured against the
 * actor's own rights. Throws `not_found`, `role_built_in`, `changed_meanwhile`, `exceeds_your_rights`,
 * `permission_out_of_scope`, `role_name_taken`, `not_on_yourself`, `last_tenant_admin`.
 */
export const editRole = (
  deps: Deps,
  actor: Actor,
  id: string,
  edit: BodyOf<typeof editRoute>,
  version: number | null,
): Promise<Role> =>
  recordingRefusals(deps, actor, 'role.updated', async (tx, refuse) => {
    const { row, current, kind } = await lockRole(tx, actor, id)
    refuse(targetOf(row))
    authorize(current, 'role.update')
    guardRights(current, rightsWhenEnabled(row))
    if (version !== null && version !== row.version) problem('changed_meanwhile')
    if (edit.name !== undefined && edit.name !== row.name) checkName(edit.name)
    if (edit.permissions) checkScope(edit.permissions, kind)
    const before = { name: row.name, description: row.description, enabled: row.enabled, permissions: row.permissions }
    const after = {
      name: edit.name ?? row.name,
      description: edit.description ?? row.description,
      enabled: edit.enabled ?? row.enabled,
      permissions: edit.permissions ? inOrder(new Set(edit.permissions)) : row.permissions,
    }
    guardRights(current, rightsWhenEnabled({ built_in: null, permissions: after.permissions }))
    await keepWhatIsOwed(tx, current, row, rightsOf({ built_in: null, ...after }))
    const text = ({ permissions, ...rest }: typeof before) => ({ ...rest, permissions: permissions.join(' ') })
    const changed = difference(text(before), text(after))
    if (Object.keys(changed.after).length === 0) return present(row, current, kind)
    await store.update(tx, actor.tenantId, id, after)
    revoke(tx, { tenant: actor.tenantId })
    const only = Object.keys(changed.after).join()
    const action = only !== 'enabled' ? 'role.updated' : after.enabled ? 'role.enabled' : 'role.disabled'
    const [gained, lost] = compare(before.permissions, after.permissions)
    audit(tx, current, action, {
      target: targetOf(row),
      details: { ...changed, ...(gained.length + lost.length > 0 && { gained, lost }) },
    })
    return shown(tx, current, id, kind)
  })

/** What an edit would give and take, and from whom. Throws `not_found`, `role_built_in`, `permission_out_of_scope`. */
export async function previewRoleEdit(
  { database }: Deps,
  actor: Actor,
  id: string,
  edit: { permissions?: Permission[] | undefined; enabled?: boolean | undefined },
) {
  authorize(actor, 'role.update')
  return database.withTenant({ tenantId: actor.tenantId }, async (tx) => {
    const { row, kind } = await customRole(tx, actor, id, findRole)
    if (edit.permissions) checkScope(edit.permissions, kind)
    const after = { ...row, permissions: edit.permissions ?? row.permissions, enabled: edit.enabled ?? row.enabled }
    const [gained, lost] = compare(inOrder(rightsOf(row)), inOrder(rightsOf(after)))
    const [[counted], people] = await Promise.all([
      store.countHolders(tx, actor.tenantId, [id]),
      store.holders(tx, actor.tenantId, id, { limit: 20, deleted: false }),
    ])
    return {
      gained,
      lost,
      holders: { count: counted?.count ?? 0, more: counted?.more ?? false },
      people: people.map((person) => ({
        id: person.id,
        username: person.username,
        firstName: person.first_name,
        lastName: person.last_name,
      })),
    }
  })
}

/**
 * Deletes a custom role; whoever holds it gets the replacement. Throws `not_found`, `role_built_in`, `role_in_use`,
 * `role_not_available`, `exceeds_your_rights`, `not_on_yourself`, `last_tenant_admin`, `wrong_state`.
 */
export const deleteRole = (
  deps: Deps,
  actor: Actor,
  id: string,
  replacement: string | undefined,
): Promise<{ moved: number }> =>
  recordingRefusals(deps, actor, 'role.deleted', async (tx, refuse) => {
    const { row, current } = await lockRole(tx, actor, id)
    refuse(targetOf(row))
    authorize(current, 'role.delete')
    guardRights(current, rightsWhenEnabled(row))
    const held = await store.holders(tx, actor.tenantId, id, { limit: mostMoved + 1, deleted: true })
    const next = replacement === undefined ? undefined : await findRole(tx, actor.tenantId, replacement)
    if (held.length > 0) {
      if (replacement === undefined) problem('role_in_use', { detail: `${held.length} users hold it.` })
      if (!next?.enabled || next.id === id) {
        problem('role_not_available', {
          detail: 'The replacement must be another role of this tenant that is enabled.',
        })
      }
      authorize(current, 'role.assign')
      guardRights(current, rightsOf(next))
      if (held.length > mostMoved) {
        const detail = `More than ${mostMoved.toLocaleString('en')} users hold it. Change their roles first.`
        problem('wrong_state', { detail })
      }
      await keepWhatIsOwed(tx, current, row, rightsOf(next))
      await store.moveHolders(tx, actor.tenantId, id, next.id)
      for (const person of held) {
        audit(tx, current, 'user.role_changed', {
          target: { kind: 'user', id: person.id, name: person.username },
          details: { before: { role: row.name }, after: { role: next.name }, because: `${row.name} was deleted` },
        })
      }
    }
    await store.remove(tx, actor.tenantId, id)
    revoke(tx, { tenant: actor.tenantId })
    audit(tx, current, 'role.deleted', {
      target: targetOf(row),
      details: {
        before: { permissions: row.permissions },
        moved: held.length,
        ...(next && { replacement: next.name }),
      },
    })
    return { moved: held.length }
  })

/** Nobody takes rights from themselves, and the tenant keeps an admin. `after`: what the holders will have. */
async function keepWhatIsOwed(tx: Tx, actor: Actor, row: RoleRow, after: ReadonlySet<Permission>): Promise<void> {
  const before = rightsOf(row)
  if (missingFrom(after, before).length === 0) return
  const self = actor.userId === null || actor.visiting ? undefined : await findUser(tx, actor.tenantId, actor.userId)
  if (self?.role_id === row.id) {
    problem('not_on_yourself', { detail: 'You hold this role and would give up rights. Another admin can do it.' })
  }
  if (isTenantAdmin(before) && !isTenantAdmin(after)) await keepAnAdminBeside(tx, actor.tenantId, { role: row.id })
}

async function lockRole(tx: Tx, actor: Actor, id: string) {
  const current = await refreshActor(tx, actor)
  return { current, ...(await customRole(tx, actor, id, store.lock)) }
}

async function customRole(
  tx: Tx,
  actor: Actor,
  id: string,
  find: (tx: Tx, tenantId: string, id: string) => Promise<RoleRow | undefined>,
): Promise<{ row: RoleRow; kind: Scope }> {
  const [found, { kind }] = await Promise.all([find(tx, actor.tenantId, id), ownTenant(tx, actor.tenantId)])
  const row = found ?? problem('not_found')
  if (row.built_in !== null) problem('role_built_in', { detail: 'Duplicate it and change the copy.' })
  return { row, kind }
}

const shown = async (tx: Tx, actor: Actor, id: string, kind: Scope): Promise<Role> =>
  present((await findRole(tx, actor.tenantId, id)) ?? problem('not_found'), actor, kind)

function compare(before: readonly string[], after: readonly string[]): [gained: Permission[], lost: Permission[]] {
  const [had, has] = [new Set(before), new Set(after)]
  return [
    after.filter((permission) => !had.has(permission)) as Permission[],
    before.filter((permission) => !has.has(permission)) as Permission[],
  ]
}

const recorded = new Set(['missing_permission', 'exceeds_your_rights', 'not_on_yourself', 'last_tenant_admin'])

/** Runs a change of roles in a transaction; what is refused goes on the record, once it is known what it was about. */
async function recordingRefusals<T>(
  { database }: Deps,
  actor: Actor,
  action: AuditAction,
  work: (tx: Tx, refuse: (target: Target) => void) => Promise<T>,
): Promise<T> {
  let target: Target | undefined
  try {
    return await database.withTenant(actor, (tx) =>
      work(tx, (about) => {
        target = about
      }),
    )
  } catch (error) {
    if (target && error instanceof ProblemError && recorded.has(error.code)) {
      const details = { reason: error.code, missing: error.extra.missing ?? [] }
      await auditRefusal(database, actor, action, { target, details })
    }
    throw error
  }
}
