import type { Scope } from '@tenantry/contract'
import { EngineError } from '../port.ts'

export type SlurmScope = Extract<Scope, { kind: 'slurm' }>

/** Errors: `refused` for a part of another kind of engine. */
export function slurmScope(scope: Scope): SlurmScope {
  if (scope.kind !== 'slurm') throw new EngineError('refused', 'This is no part of Slurm.')
  return scope
}
