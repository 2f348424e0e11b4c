import type {
  BodyOf,
  changeModel as changeRoute,
  Model,
  ModelTest,
  NewModel,
  testNewModel as testRoute,
} from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize, authorizeAny } from '../../platform/access/authorize.ts'
import { rolesOf } from '../../platform/access/roles.ts'
import { revoke } from '../../platform/access/sessions.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { ModelDoc } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { fieldProblem, problem } from '../../platform/http/problem.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { checkAddress, sealCredential, unsealCredential } from './endpoint.ts'
import { present } from './present.ts'
import { mayUse, type Person } from './rules.ts'
import * as store from './store.ts'
import { testEndpoint } from './test-endpoint.ts'

/** How many a tenant may have at once: each is looked at all the time. */
const mostModels = 200

/** Those that the actor may use; whoever may publish sees every one. */
export async function listModels({ database }: Deps, actor: Actor): Promise<{ items: Model[] }> {
  authorizeAny(actor, ['model.view', 'model.publish'])
  const [rows, person] = await database.readAtOnce(actor, (tx) =>
    Promise.all([store.list(tx, actor.tenantId), personOf(tx, actor)]),
  )
  return { items: rows.filter((row) => maySee(row, person)).map((row) => present(row, person)) }
}

export async function getModel({ database }: Deps, actor: Actor, id: string): Promise<Model> {
  authorizeAny(actor, ['model.view', 'model.publish'])
  return database.withTenant(actor, async (tx) => {
    const [row, person] = await Promise.all([store.find(tx, actor.tenantId, id), personOf(tx, actor)])
    return row && maySee(row, person) ? present(row, person) : problem('not_found')
  })
}

/** Throws `model_name_taken`, `model_address`, `no_secret_key`, `too_many_models`. */
export async function publishModel(deps: Deps, actor: Actor, input: NewModel): Promise<Model> {
  authorize(actor, 'model.publish')
  checkAddress(deps, input.address)
  const id = newId()
  const credential = sealCredential(deps, id, input.credential)
  return deps.database.withTenant(actor, async (tx) => {
    await checkRoles(tx, actor, input.roleIds)
    if ((await store.countOf(tx, actor.tenantId)) >= mostModels)
      problem('too_many_models', { detail: `${mostModels} at once: withdraw one that is not needed.` })
    const { name, address, ca, model: upstream } = input
    await store.insert(tx, actor.tenantId, id, { name, address, ca, upstream, credential, doc: docOf(input) })
    revoke(tx, { tenant: actor.tenantId })
    audit(tx, actor, 'model.published', { target: { kind: 'model', id, name }, details: { after: recorded(input) } })
    return shown(tx, actor, id)
  })
}

/**
 * Changes what is given. A credential is never sent to an address that it was not given for. Throws `changed_meanwhile`,
 * `model_name_taken`, `model_address`, `no_secret_key`.
 */
export async function changeModel(
  deps: Deps,
  actor: Actor,
  id: string,
  edit: BodyOf<typeof changeRoute>,
  version: number | null,
): Promise<Model> {
  authorize(actor, 'model.publish')
  return deps.database.withTenant(actor, async (tx) => {
    const locked = (await store.lock(tx, actor.tenantId, id)) ?? problem('not_found')
    if (version !== null && version !== locked.version) problem('changed_meanwhile')
    const row = (await store.find(tx, actor.tenantId, id)) ?? problem('not_found')
    const given = Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined))
    const before = inputOf(row)
    const after: Omit<NewModel, 'credential'> = { ...before, ...given }
    const moved = after.address !== row.address
    if (moved) {
      checkAddress(deps, after.address)
      if (row.credential !== null && edit.credential === undefined)
        fieldProblem('invalid_input', 'credential', 'is needed anew for another address')
    }
    if (edit.roleIds !== undefined) await checkRoles(tx, actor, after.roleIds)
    await store.update(tx, actor.tenantId, id, {
      name: after.name,
      address: after.address,
      ca: after.ca,
      upstream: after.model,
      doc: docOf(after),
      ...(edit.credential !== undefined && { credential: sealCredential(deps, id, edit.credential) }),
    })
    revoke(tx, { tenant: actor.tenantId })
    const changed = (Object.keys(recorded(before)) as (keyof ReturnType<typeof recorded>)[]).filter(
      (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
    )
    const pick = (from: typeof after) => Object.fromEntries(changed.map((key) => [key, from[key]]))
    audit(tx, actor, 'model.changed', {
      target: { kind: 'model', id, name: row.name },
      details: {
        before: pick(before),
        after: pick(after),
        ...(edit.credential !== undefined && { credential: edit.credential === null ? 'removed' : 'replaced' }),
      },
    })
    return shown(tx, actor, id)
  })
}

export const enableModel = (deps: Deps, actor: Actor, id: string): Promise<Model> => setEnabled(deps, actor, id, true)
/** What it answers just now is cut off. */
export const disableModel = (deps: Deps, actor: Actor, id: string): Promise<Model> => setEnabled(deps, actor, id, false)

/** Safe to repeat. */
function setEnabled({ database }: Deps, actor: Actor, id: string, enabled: boolean): Promise<Model> {
  authorize(actor, 'model.publish')
  return database.withTenant(actor, async (tx) => {
    const row = (await store.lock(tx, actor.tenantId, id)) && (await store.find(tx, actor.tenantId, id))
    if (!row) return problem('not_found')
    if (row.enabled !== enabled) {
      await store.setEnabled(tx, actor.tenantId, id, enabled)
      revoke(tx, { tenant: actor.tenantId })
      const action = enabled ? 'model.enabled' : 'model.disabled'
      audit(tx, actor, action, { target: { kind: 'model', id, name: row.name } })
    }
    return shown(tx, actor, id)
  })
}

export async function withdrawModel({ database }: Deps, actor: Actor, id: string): Promise<void> {
  authorize(actor, 'model.publish')
  await database.withTenant(actor, async (tx) => {
    const row = (await store.lock(tx, actor.tenantId, id)) && (await store.find(tx, actor.tenantId, id))
    if (!row) return problem('not_found')
    await store.withdraw(tx, actor.tenantId, id)
    revoke(tx, { tenant: actor.tenantId })
    audit(tx, actor, 'model.withdrawn', { target: { kind: 'model', id, name: row.name } })
  })
}

/** Asks an endpoint that is not published. Throws `model_address`, `not_found`. */
export async function testNewModel(deps: Deps, actor: Actor, input: BodyOf<typeof testRoute>): Promise<ModelTest> {
  authorize(actor, 'model.publish')
  checkAddress(deps, input.address)
  const { address, ca, model, uses } = input
  const { credentialOf } = input
  if (input.credential !== null || credentialOf === null)
    return testEndpoint(deps, { address, ca, model, uses, credential: () => input.credential })
  const row = await deps.database.readAtOnce(actor, (tx) => store.find(tx, actor.tenantId, credentialOf))
  if (!row) return problem('not_found')
  if (row.address !== address && row.credential !== null)
    fieldProblem('invalid_input', 'credential', 'is needed anew for another address')
  return testEndpoint(deps, {
    address,
    ca,
    model,
    uses,
    credential: () => unsealCredential(deps, row.id, row.credential),
  })
}

export async function testModel(deps: Deps, actor: Actor, id: string): Promise<ModelTest> {
  authorize(actor, 'model.publish')
  const row = await deps.database.readAtOnce(actor, (tx) => store.find(tx, actor.tenantId, id))
  if (!row) return problem('not_found')
  const { address, ca, upstream: model, doc } = row
  const credential = () => unsealCredential(deps, row.id, row.credential)
  return testEndpoint(deps, { address, ca, model, uses: doc.uses, credential })
}

/** Whoever is met within a transaction, as the rule takes them. */
export async function personOf(tx: Tx, { tenantId, userId, visiting, permissions }: Actor): Promise<Person> {
  return { roleId: visiting ? null : await store.roleOf(tx, tenantId, userId), permissions }
}

const maySee = (row: store.ModelRow, person: Person): boolean =>
  person.permissions.has('model.publish') ||
  mayUse({ enabled: row.enabled, roleIds: row.doc.roleIds }, { ...person, permissions: new Set(['model.use']) })

async function checkRoles(tx: Tx, actor: Actor, roleIds: readonly string[] | null): Promise<void> {
  if (roleIds === null) return
  const roles = new Set((await rolesOf(tx, actor.tenantId)).map(({ id }) => id))
  if (!roleIds.every((id) => roles.has(id))) fieldProblem('invalid_input', 'roleIds', 'names a role that is not here')
}

async function shown(tx: Tx, actor: Actor, id: string): Promise<Model> {
  const row = (await store.find(tx, actor.tenantId, id)) ?? problem('not_found')
  return present(row, await personOf(tx, actor))
}

type Said = Omit<NewModel, 'credential'>

const docOf = ({ title, description, uses, contextLength, price, limits, roleIds }: Said): ModelDoc => ({
  title,
  description,
  uses: [...new Set(uses)],
  contextLength,
  price,
  limits,
  roleIds,
})

const inputOf = (row: store.ModelRow): Said => ({
  ...row.doc,
  name: row.name,
  address: row.address,
  ca: row.ca,
  model: row.upstream,
})

const recorded = (said: Said) => ({
  ...docOf(said),
  name: said.name,
  address: said.address,
  model: said.model,
  ca: said.ca,
})
