import { randomBytes } from 'node:crypto'
import type { NewWorkspace, Workspace } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Phases, WorkspaceMadeOf } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { isFor, unavailable } from './choices.ts'
import { isDown, mayManage, maySee, present } from './present.ts'
import { hold, holdStorage, inTurn, lockQuota, readFacts, refuseBeyond } from './quota.ts'
import * as store from './store.ts'
import { tellWorkspaces } from './tell.ts'
import * as templates from './template-store.ts'
import { findVolume, insertVolume, lockVolume } from './volumes.ts'

const turn = inTurn()
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Unique at every engine, and fit to be part of a host name: 62 bits. */
const nameAtEngine = (prefix: 'ws' | 'vol'): string =>
  `${prefix}-${[...randomBytes(12)].map((byte) => alphabet[byte % alphabet.length]).join('')}`

/** What a secret is sealed for: of one workspace it does not open for another. */
export const purposeOf = (workspaceId: string): string => `secret of workspace ${workspaceId}`

/** A secret for the notebook server of the next start; the one before it opens nothing any more. */
export const newSecret = (deps: Deps, workspaceId: string): Buffer =>
  (deps.box() ?? problem('no_secret_key')).seal(randomBytes(32).toString('base64url'), purposeOf(workspaceId))

/**
 * Launches a workspace: everything it takes is granted in one transaction, or refused with every reason. Throws `not_found`,
 * `exceeds_quota`, `workspace_name_taken`, `volume_name_taken`, `volume_in_use`, `no_secret_key`, and problems of fields.
 */
export async function launchWorkspace(deps: Deps, actor: Actor, input: NewWorkspace): Promise<Workspace> {
  authorize(actor, 'workspace.create')
  const { userId, tenantId } = actor
  if (userId === null || actor.visiting) return problem('wrong_state', { detail: 'You are a guest in this tenant.' })
  const id = newId()
  const secret = newSecret(deps, id)
  return turn(tenantId, () =>
    deps.database.withTenant(actor, async (tx) => {
      // In this order: what is read was so after the lock was had.
      const [, template] = await Promise.all([
        lockQuota(tx, tenantId),
        usableTemplate(deps, tx, actor, userId, input.templateId),
      ])
      const engineId = template.engine_id
      const facts = await readFacts(tx, tenantId, userId, engineId)
      const spec = specOf(template, input)
      const made = input.volume && 'sizeGiB' in input.volume ? input.volume.sizeGiB : 0
      refuseBeyond({ ...spec, storageGiB: made }, facts)
      const place = { engineId, where: spec.placement.where }
      const volume = await takeVolume(tx, actor, userId, input.volume, place, template.doc.limits.volumeGiB)
      await hold(tx, { tenantId, engineId, userId, holder: id }, spec)
      if (volume?.made) {
        await holdStorage(tx, { tenantId, engineId, userId, holder: volume.id }, volume.made)
      }
      const at = tx.now.toISOString()
      const phases: Phases = [
        { phase: 'quota', startedAt: at, endedAt: at },
        { phase: 'queue', startedAt: at, endedAt: null },
      ]
      await store.insert(tx, {
        tenant_id: tenantId,
        id,
        owner_id: userId,
        name: input.name,
        template_id: template.id,
        engine_id: template.engine_id,
        volume_id: volume?.id ?? null,
        native: nameAtEngine('ws'),
        scope: template.scope,
        secret,
        spec,
        phases,
      })
      await store.addEvent(tx, tenantId, id, `Launched by ${actor.name}.`)
      audit(tx, actor, 'workspace.launched', {
        target: { kind: 'workspace', id, name: input.name },
        details: { after: taken(spec), template: template.name },
      })
      await tellWorkspaces(tx, tenantId)
      return shown(tx, actor, id)
    }),
  )
}

/** Starts what is stopped or failed. Throws `not_found`, `wrong_state`, `exceeds_quota`. */
export async function startWorkspace(deps: Deps, actor: Actor, id: string): Promise<Workspace> {
  const { tenantId } = actor
  const secret = newSecret(deps, id)
  return turn(tenantId, () =>
    deps.database.withTenant(actor, async (tx) => {
      // The row before the quota, as where it is handed over; what is read was so after both were had.
      await store.lock(tx, tenantId, id)
      const [, row] = await Promise.all([lockQuota(tx, tenantId), seen(tx, actor, id)])
      if (!mayManage(actor, row)) problem('missing_permission', { missing: ['workspace.create'] })
      if (!isDown(row.state)) problem('wrong_state', { detail: `It is ${row.state}.` })
      const refusal = unavailable(deps, row.engine_kind)
      if (refusal !== null) problem('wrong_state', { detail: refusal })
      refuseBeyond({ ...row.spec, storageGiB: 0 }, await readFacts(tx, tenantId, row.owner_id, row.engine_id))
      await hold(tx, { tenantId, engineId: row.engine_id, userId: row.owner_id, holder: id }, row.spec)
      const at = tx.now.toISOString()
      const phases: Phases = [
        { phase: 'quota', startedAt: at, endedAt: at },
        { phase: 'queue', startedAt: at, endedAt: null },
      ]
      await store.decide(tx, tenantId, id, {
        wanted: 'running',
        state: 'queued',
        reason: null,
        again: false,
        phases: JSON.stringify(phases),
        secret,
        idle: null,
        last_active_at: null,
        started_at: null,
      })
      await store.addEvent(tx, tenantId, id, `Started by ${actor.name}.`)
      audit(tx, actor, 'workspace.started', { target: { kind: 'workspace', id, name: row.name } })
      await tellWorkspaces(tx, tenantId)
      return shown(tx, actor, id)
    }),
  )
}

/** A workspace of the tenant that the actor may see: what is not there and what is not theirs look the same. */
export async function seen(tx: Tx, actor: Actor, id: string): Promise<store.WorkspaceRow> {
  const row = await store.find(tx, actor, id)
  return row && row.wanted !== 'deleted' && maySee(actor, row) ? row : problem('not_found')
}

export async function shown(tx: Tx, actor: Actor, id: string): Promise<Workspace> {
  return present((await store.find(tx, actor, id)) ?? problem('not_found'), actor)
}

const taken = ({ profile, cpus, memoryMiB, accelerator }: WorkspaceMadeOf) => ({
  profile,
  cpus,
  memoryMiB,
  accelerator,
})

async function usableTemplate(deps: Deps, tx: Tx, actor: Actor, userId: string, id: string) {
  const [template, [person]] = await Promise.all([
    templates.find(tx, actor.tenantId, id),
    tx.read<{ role_id: string }>('select role_id from users where tenant_id = $1 and id = $2', [
      actor.tenantId,
      userId,
    ]),
  ])
  if (!template?.scope || !isFor(template, person?.role_id ?? ''))
    return problem('not_found', { detail: 'There is no such template for you.' })
  const refusal = unavailable(deps, template.engine_kind ?? '')
  if (refusal !== null) problem('wrong_state', { detail: refusal })
  return { ...template, scope: template.scope }
}

function specOf({ name, doc }: templates.TemplateRow, input: NewWorkspace): WorkspaceMadeOf {
  const profile = doc.profiles.find(({ id }) => id === input.profileId)
  if (!profile) return fieldProblem('invalid_input', 'profileId', 'is not a profile of this template')
  const { limits } = doc
  if (input.cpus > limits.cpus) fieldProblem('invalid_input', 'cpus', `at most ${limits.cpus}`)
  if (input.memoryMiB > limits.memoryMiB) fieldProblem('invalid_input', 'memoryMiB', `at most ${limits.memoryMiB} MiB`)
  const { idleMinutes: latest } = limits
  if (latest !== null && input.idleMinutes !== null && input.idleMinutes > latest)
    fieldProblem('invalid_input', 'idleMinutes', `at most ${latest} minutes`)
  const datasets = doc.datasets.filter((dataset) => input.datasets.includes(dataset.name))
  if (datasets.length !== new Set(input.datasets).size)
    fieldProblem('invalid_input', 'datasets', 'names one that the template has not')
  return {
    template: name,
    profile: profile.name,
    image: doc.image,
    command: doc.command,
    placement: doc.placement,
    environment: doc.environment,
    datasets,
    cpus: input.cpus,
    memoryMiB: input.memoryMiB,
    accelerator: profile.accelerator,
    idleMinutes: input.idleMinutes ?? latest,
  }
}

type Place = { engineId: string; where: string }

/** `made`: GiB, where it is new. */
async function takeVolume(
  tx: Tx,
  { tenantId }: Actor,
  userId: string,
  asked: NewWorkspace['volume'],
  place: Place,
  limit: number,
): Promise<{ id: string; made: number } | null> {
  if (asked === null) return null
  if ('id' in asked) {
    ;(await lockVolume(tx, tenantId, asked.id)) ??
      fieldProblem('invalid_input', 'volume/id', 'is not a volume of yours')
    const volume = await findVolume(tx, tenantId, asked.id)
    if (volume?.owner_id !== userId) return fieldProblem('invalid_input', 'volume/id', 'is not a volume of yours')
    if (volume.engine_id !== place.engineId || volume.place !== place.where)
      fieldProblem('invalid_input', 'volume/id', 'is somewhere else than what this template makes')
    if (volume.workspace !== null) problem('volume_in_use', { detail: `The workspace ${volume.workspace} uses it.` })
    return { id: volume.id, made: 0 }
  }
  if (asked.sizeGiB > limit)
    fieldProblem(
      'invalid_input',
      'volume/sizeGiB',
      limit === 0 ? 'this template makes no volumes' : `at most ${limit} GiB`,
    )
  const id = newId()
  await insertVolume(tx, tenantId, {
    id,
    name: asked.name,
    owner_id: userId,
    engine_id: place.engineId,
    place: place.where,
    native: nameAtEngine('vol'),
    size_gib: asked.sizeGiB,
  })
  return { id, made: asked.sizeGiB }
}
