import type { AnswerOf, Bound, listWorkspaceChoices as choicesRoute, Want } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import type { Deps } from '../../platform/deps.ts'
import { boundsOf, type Facts, readFacts, refusalOf } from './quota.ts'
import * as templates from './template-store.ts'
import { present as presentVolume, readVolumes } from './volumes.ts'

type Choices = AnswerOf<typeof choicesRoute>

/** What one should know of workspaces on this machine. Only a server that runs as root gives each home a user of its own. */
export const warningOf = (root: boolean): string =>
  root
    ? 'It runs on the machine of the platform itself, without a container: files are apart, but everybody shares its network, GPUs, cores and memory. For a first look.'
    : 'It runs on the machine of the platform itself, as one user for everybody, who can read the data of the platform: it isolates nothing. For a first look.'

/** What the actor may launch, what is left of it, and why what cannot be had cannot. */
export async function listWorkspaceChoices(deps: Deps, actor: Actor): Promise<Choices> {
  authorize(actor, 'workspace.create')
  const { userId } = actor
  if (userId === null || actor.visiting) return { templates: [], volumes: [] }
  return deps.database.withTenant(actor, async (tx) => {
    const [rows, volumes, [person]] = await Promise.all([
      templates.list(tx, actor.tenantId),
      readVolumes(tx, actor.tenantId, userId),
      tx.read<{ role_id: string }>('select role_id from users where tenant_id = $1 and id = $2', [
        actor.tenantId,
        userId,
      ]),
    ])
    const usable = rows.filter((row) => isFor(row, person?.role_id ?? ''))
    const facts = new Map<string, Facts>()
    for (const engineId of new Set(usable.map(({ engine_id }) => engine_id)))
      facts.set(engineId, await readFacts(tx, actor.tenantId, userId, engineId))
    return {
      templates: usable.map((row) => offer(deps, row, facts.get(row.engine_id) as Facts)),
      volumes: volumes.map(presentVolume),
    }
  })
}

/** Whether a template is for holders of a role, here and now. */
export const isFor = ({ enabled, scope, doc }: templates.TemplateRow, roleId: string): boolean =>
  enabled && scope !== null && (doc.roleIds.length === 0 || doc.roleIds.includes(roleId))

function offer(deps: Deps, row: templates.TemplateRow, facts: Facts): Choices['templates'][number] {
  const { doc } = row
  const bounds: Bound[] = boundsOf(facts)
  const kind = row.engine_kind ?? 'this_machine'
  return {
    id: row.id,
    name: row.name,
    description: doc.description,
    engineId: row.engine_id,
    engine: row.engine ?? '',
    engineKind: kind,
    image: doc.image,
    profiles: doc.profiles.map((profile) => {
      const want: Want = { ...profile, storageGiB: 0 }
      return { ...profile, refused: refusalOf(want, facts) }
    }),
    limits: doc.limits,
    datasets: doc.datasets.map(({ name }) => name),
    bounds,
    refused: unavailable(deps, kind),
    warning: kind === 'this_machine' ? warningOf(process.getuid?.() === 0) : null,
  }
}

/** Why nothing can be launched on an engine of a kind here; null where it can. */
export function unavailable({ localWorkspaces, box }: Deps, kind: string): string | null {
  if (kind === 'this_machine' && localWorkspaces === null)
    return 'The platform does not allow workspaces on its own machine (LOCAL_WORKSPACES).'
  return box() === null ? 'The platform has no key to keep their secrets with (SECRET_KEY).' : null
}
