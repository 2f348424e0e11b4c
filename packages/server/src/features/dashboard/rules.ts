import { resourceKinds } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'

/** The cards somebody may see. The platform itself has no resources; whoever runs it sees where they would be. */
export function overviewFor(actor: Actor) {
  const kinds = actor.permissions.has('engine.view')
    ? resourceKinds
    : resourceKinds.filter((kind) => actor.permissions.has(`${kind}.view`))
  return { cards: kinds.map((kind) => ({ kind, state: 'no_engine' as const })) }
}
