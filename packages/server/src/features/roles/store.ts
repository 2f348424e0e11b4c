import type { BuiltInRole } from '@tenantry/contract'
import { sqlFor } from '../../platform/database/builder.ts'
import { type Places, prepare } from '../../platform/database/prepare.ts'
import type { Tx } from '../../platform/database/tx.ts'

export type RoleRow = {
  id: string
  built_in: string | null
  name: string
  description: string
  enabled: boolean
  permissions: string[]
}

const columns = ['id', 'built_in', 'name', 'description', 'enabled', 'permissions'] as const

/** The roles of a tenant: built-in ones first, then by name. A tenant has few. */
const all = prepare((place: Places<{ tenantId: string }>) =>
  sqlFor
    .selectFrom('roles')
    .select(columns)
    .where('tenant_id', '=', place('tenantId'))
    .orderBy((eb) => eb('built_in', 'is', null))
    .orderBy('name_key'),
)
export const list = (tx: Tx, tenantId: string): Promise<RoleRow[]> => tx.many(all({ tenantId }))

type ById = { tenantId: string; id: string }
const byId = prepare((place: Places<ById>) =>
  sqlFor.selectFrom('roles').select(columns).where('tenant_id', '=', place('tenantId')).where('id', '=', place('id')),
)
export const find = (tx: Tx, tenantId: string, id: string): Promise<RoleRow | undefined> =>
  tx.first(byId({ tenantId, id }))

export const findBuiltIn = (tx: Tx, tenantId: string, key: BuiltInRole): Promise<RoleRow | undefined> =>
  tx.first(sqlFor.selectFrom('roles').select(columns).where('tenant_id', '=', tenantId).where('built_in', '=', key))

export const findNamed = (tx: Tx, tenantId: string, name: string): Promise<RoleRow | undefined> =>
  tx.first(
    sqlFor
      .selectFrom('roles')
      .select(columns)
      .where('tenant_id', '=', tenantId)
      .where('name_key', '=', name.toLowerCase()),
  )

type NewRole = {
  id: string
  tenantId: string
  builtIn: string | null
  name: string
  description: string
  permissions: string[]
}

export const insert = (tx: Tx, roles: NewRole[]): Promise<number> =>
  tx.run(
    sqlFor.insertInto('roles').values(
      roles.map((role) => ({
        id: role.id,
        tenant_id: role.tenantId,
        built_in: role.builtIn,
        name: role.name,
        description: role.description,
        permissions: role.permissions,
        created_at: tx.now,
        updated_at: tx.now,
      })),
    ),
  )
