import { type BuiltInRole, builtInRoles } from '@tenantry/contract'
import { sqlFor } from '../database/builder.ts'
import { type Places, prepare } from '../database/prepare.ts'
import type { Tx } from '../database/tx.ts'
import { newId } from '../secrets/ids.ts'

export type RoleRow = {
  id: string
  built_in: string | null
  name: string
  description: string
  enabled: boolean
  permissions: string[]
  version: number
  created_at: Date
  updated_at: Date
}

const columns = [
  'id',
  'built_in',
  'name',
  'description',
  'enabled',
  'permissions',
  'version',
  'created_at',
  'updated_at',
] as const

/** The roles of a tenant: built-in ones first, then by name. A tenant has few. */
const all = prepare((place: Places<{ tenantId: string }>) =>
  sqlFor
    .selectFrom('roles')
    .select(columns)
    .where('tenant_id', '=', place('tenantId'))
    .orderBy((eb) => eb('built_in', 'is', null))
    .orderBy('name_key'),
)
export const rolesOf = (tx: Tx, tenantId: string): Promise<RoleRow[]> => tx.many(all({ tenantId }))

type ById = { tenantId: string; id: string }
const byId = prepare((place: Places<ById>) =>
  sqlFor.selectFrom('roles').select(columns).where('tenant_id', '=', place('tenantId')).where('id', '=', place('id')),
)
export const findRole = (tx: Tx, tenantId: string, id: string): Promise<RoleRow | undefined> =>
  tx.first(byId({ tenantId, id }))

export const findBuiltInRole = (tx: Tx, tenantId: string, key: BuiltInRole): Promise<RoleRow | undefined> =>
  tx.first(sqlFor.selectFrom('roles').select(columns).where('tenant_id', '=', tenantId).where('built_in', '=', key))

export const findRoleNamed = (tx: Tx, tenantId: string, name: string): Promise<RoleRow | undefined> =>
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

export const insertRoles = (tx: Tx, roles: NewRole[]): Promise<number> =>
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

/** Gives a new tenant the built-in roles of its kind. Part of creating a tenant, which audits it. */
export async function createBuiltInRoles(tx: Tx, tenantId: string, kind: 'platform' | 'tenant'): Promise<void> {
  const keys = (Object.keys(builtInRoles) as BuiltInRole[]).filter((key) => builtInRoles[key].scope === kind)
  await insertRoles(
    tx,
    keys.map((key) => ({
      id: newId(),
      tenantId,
      builtIn: key,
      name: builtInRoles[key].name,
      description: builtInRoles[key].description,
      // A built-in role permits what the catalogue of the running version says.
      permissions: [],
    })),
  )
}
