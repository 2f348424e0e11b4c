import { type FieldError, type NewTemplate, type Template, workspaceEngines } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { rolesOf } from '../../platform/access/roles.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import * as store from './template-store.ts'

export async function listTemplates({ database }: Deps, actor: Actor): Promise<{ items: Template[] }> {
  authorize(actor, 'workspace.manage_all')
  const rows = await database.readAtOnce(actor, (tx) => store.list(tx, actor.tenantId))
  return { items: rows.map(present) }
}

/** Throws `template_name_taken`, `not_found` for an engine the tenant has no part of, and problems of fields. */
export async function createTemplate({ database }: Deps, actor: Actor, input: NewTemplate): Promise<Template> {
  authorize(actor, 'workspace.manage_all')
  const id = newId()
  return database.withTenant(actor, async (tx) => {
    await check(tx, actor, input)
    await store.insert(tx, actor.tenantId, id, written(input))
    audit(tx, actor, 'template.created', {
      target: { kind: 'template', id, name: input.name },
      details: { after: recorded(input) },
    })
    return shown(tx, actor, id)
  })
}

/** Throws `changed_meanwhile` besides. */
export async function changeTemplate(
  { database }: Deps,
  actor: Actor,
  id: string,
  input: NewTemplate,
  version: number | null,
): Promise<Template> {
  authorize(actor, 'workspace.manage_all')
  return database.withTenant(actor, async (tx) => {
    const locked = (await store.lock(tx, actor.tenantId, id)) ?? problem('not_found')
    if (version !== null && version !== locked.version) problem('changed_meanwhile')
    const before = await shown(tx, actor, id)
    await check(tx, actor, input)
    await store.update(tx, actor.tenantId, id, written(input))
    audit(tx, actor, 'template.changed', {
      target: { kind: 'template', id, name: before.name },
      details: { before: recorded(before), after: recorded(input) },
    })
    return shown(tx, actor, id)
  })
}

/** Throws `template_in_use`. */
export async function deleteTemplate({ database }: Deps, actor: Actor, id: string): Promise<void> {
  authorize(actor, 'workspace.manage_all')
  await database.withTenant(actor, async (tx) => {
    ;(await store.lock(tx, actor.tenantId, id)) ?? problem('not_found')
    const template = await shown(tx, actor, id)
    if (template.workspaces > 0) {
      problem('template_in_use', {
        detail: `${template.workspaces} ${template.workspaces === 1 ? 'workspace is' : 'workspaces are'} made of it. Disable it instead.`,
      })
    }
    await store.remove(tx, actor.tenantId, id)
    audit(tx, actor, 'template.deleted', { target: { kind: 'template', id, name: template.name } })
  })
}

/** What a template may say depends on its engine. */
async function check(tx: Tx, actor: Actor, input: NewTemplate): Promise<void> {
  const [engine] = await tx.read<{ kind: string }>(
    `select h.kind from allocations a join engine_health h on h.engine_id = a.engine_id
     where a.tenant_id = $1 and a.engine_id = $2 and a.withdrawn_at is null`,
    [actor.tenantId, input.engineId],
  )
  if (!engine) return problem('not_found', { detail: 'The tenant has no part of such an engine.' })
  const runs = workspaceEngines.some((kind) => kind === engine.kind)
  if (!runs) fieldProblem('invalid_input', 'engineId', 'runs no workspaces')
  if (engine.kind === 'kubernetes' && input.image === null) fieldProblem('invalid_input', 'image', 'is needed here')
  if (engine.kind !== 'this_machine' && input.placement.where === '')
    fieldProblem('invalid_input', 'placement/where', 'is required')
  const over = overLimits(input)
  if (over.length > 0) problem('invalid_input', { errors: over })
  const roles = new Set((await rolesOf(tx, actor.tenantId)).map(({ id }) => id))
  if (!input.roleIds.every((id) => roles.has(id)))
    fieldProblem('invalid_input', 'roleIds', 'names a role that is not here')
}

/** Every amount of a profile that the limits of its template do not allow, with both figures. */
export function overLimits({ profiles, limits }: Pick<NewTemplate, 'profiles' | 'limits'>): FieldError[] {
  const error = (index: number, field: string, has: string, most: string): FieldError => ({
    pointer: `/profiles/${index}/${field}`,
    code: 'invalid_input',
    detail: `${has} is more than the limit of the template, ${most}`,
  })
  return profiles.flatMap(({ cpus, memoryMiB }, index) => [
    ...(cpus > limits.cpus ? [error(index, 'cpus', String(cpus), String(limits.cpus))] : []),
    ...(memoryMiB > limits.memoryMiB ? [error(index, 'memoryMiB', inUnits(memoryMiB), inUnits(limits.memoryMiB))] : []),
  ])
}

const inUnits = (mebibytes: number): string =>
  mebibytes % 128 === 0 && mebibytes >= 1024 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`

const written = ({ name, engineId, enabled, ...doc }: NewTemplate) => ({ name, engine_id: engineId, enabled, doc })

/** Values of its environment may be secrets. */
function recorded({ name, description, image, command, placement, profiles, limits, enabled, roleIds }: NewTemplate) {
  return { name, description, image, command, placement, profiles, limits, enabled, roleIds }
}

async function shown(tx: Tx, actor: Actor, id: string): Promise<Template> {
  return present((await store.find(tx, actor.tenantId, id)) ?? problem('not_found'))
}

const present = (row: store.TemplateRow): Template => ({
  ...row.doc,
  id: row.id,
  name: row.name,
  engineId: row.engine_id,
  engine: row.engine ?? 'an engine that was taken back',
  engineKind: row.engine_kind ?? 'this_machine',
  enabled: row.enabled,
  workspaces: row.workspaces,
  version: row.version,
  updatedAt: row.updated_at.toISOString(),
})
