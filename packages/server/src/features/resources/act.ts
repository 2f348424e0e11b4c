import type { AuditAction, Permission, PowerVerb, Resource, ResourceKind } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { audit } from '../../platform/audit/audit.ts'
import type { Deps } from '../../platform/deps.ts'
import { problem } from '../../platform/http/problem.ts'
import { askEngine, type OpenEngines, personAt, reachEngine } from '../engines/index.ts'
import { getResource } from './list.ts'

/** A kubeconfig serves for this long, in seconds. */
const kubeconfigLife = 8 * 3600

const powers = {
  baremetal: { needs: 'baremetal.power', action: 'baremetal.powered' },
  vm: { needs: 'vm.power', action: 'vm.powered' },
} as const satisfies Partial<Record<ResourceKind, { needs: Permission; action: AuditAction }>>

/**
 * Asks an engine to change the power of a resource. On record before it is asked, so that nothing is ever done unrecorded,
 * and again where the engine refuses. Throws `not_found`, `wrong_state`, `engine_unavailable`, `engine_refused`.
 */
export async function power(
  deps: Deps,
  engines: OpenEngines,
  actor: Actor,
  kind: keyof typeof powers,
  id: string,
  verb: PowerVerb,
): Promise<Resource> {
  const { needs, action } = powers[kind]
  authorize(actor, needs)
  const resource = await getResource(deps, actor, kind, id)
  if (!resource.power.includes(verb)) {
    problem('wrong_state', { detail: `It is ${resource.nativeState.join(' ') || resource.state}.` })
  }
  const { engine, scope } = await reachEngine(deps, engines, actor, resource.engineId)
  const target = { kind, id, name: resource.name }
  const details = { verb, engine: resource.engine }
  await deps.database.withTenant(actor, async (tx) => audit(tx, actor, action, { target, details }))
  await askEngine(deps, actor, action, { target, details }, (signal) =>
    engine.power ? engine.power(scope, resource, verb, signal) : problem('wrong_state'),
  )
  return getResource(deps, actor, kind, id)
}

/** A kubeconfig for the actor. Throws as `power` does. */
export async function makeKubeconfig(deps: Deps, engines: OpenEngines, actor: Actor, id: string) {
  authorize(actor, 'kubernetes.kubeconfig')
  const resource = await getResource(deps, actor, 'kubernetes', id)
  const { engine, scope } = await reachEngine(deps, engines, actor, resource.engineId)
  const { userId } = actor
  if (!engine.kubeconfig || userId === null || actor.visiting) {
    return problem('wrong_state', {
      detail: actor.visiting ? 'You are a guest in this tenant.' : 'This engine makes none.',
    })
  }
  const person = await deps.database.withTenant(actor, (tx) => personAt(tx, actor.tenantId, userId, 'kubernetes'))
  if (!person) return problem('not_found')
  const what = { target: { kind: 'kubernetes', id, name: resource.name }, details: { seconds: kubeconfigLife } }
  await deps.database.withTenant(actor, async (tx) => audit(tx, actor, 'kubernetes.kubeconfig_made', what))
  const make = engine.kubeconfig.bind(engine)
  return askEngine(deps, actor, 'kubernetes.kubeconfig_made', what, (signal) =>
    make(scope, person, kubeconfigLife, signal),
  )
}
