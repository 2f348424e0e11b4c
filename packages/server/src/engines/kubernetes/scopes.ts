import type { Scope } from '@tenantry/contract'
import { EngineError } from '../port.ts'

/** The namespaces of a scope; null is all of a cluster. Errors: `refused` for a scope of another kind of engine. */
export function namespacesOf(scope: Scope, kind: 'kubernetes'): string[] | null
export function namespacesOf(scope: Scope, kind: 'kubevirt' | 'metal3'): string[]
export function namespacesOf(scope: Scope, kind: Scope['kind']): string[] | null {
  if (scope.kind !== kind || !('namespaces' in scope)) {
    throw new EngineError('refused', 'This part is of another kind of engine.')
  }
  return scope.namespaces
}

/** A namespace of a scope, to work in. Errors: `not_found` where it is none of it. */
export function namespaceIn(scope: Scope, name: string): string {
  const namespaces = namespacesOf(scope, 'kubernetes')
  // Whoever has a whole cluster has no access of their own there, nor namespaces that are theirs.
  if (namespaces === null) throw new EngineError('refused', 'Work runs in namespaces, not in a whole cluster.')
  if (!namespaces.includes(name)) throw new EngineError('not_found', 'There is no such namespace.')
  return name
}

/** By whatever is told of each. */
export function grouped<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
