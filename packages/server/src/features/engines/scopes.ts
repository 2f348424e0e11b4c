import type { Scope } from '@tenantry/contract'

/** What two parts of one engine have in common, in words; null: nothing. Partitions of Slurm may be shared, accounts may not. */
export function clashOf(one: Scope, other: Scope): string | null {
  if (one.kind === 'slurm' && other.kind === 'slurm') {
    if (one.prefix !== null && one.prefix === other.prefix) return `The prefix ${one.prefix}`
    return common(one.accounts, other.accounts, 'The account')
  }
  if ('namespaces' in one && 'namespaces' in other) {
    if (one.namespaces === null || other.namespaces === null) return 'A part of this cluster'
    return common(one.namespaces, other.namespaces, 'The namespace')
  }
  if (one.kind === 'ironic' && other.kind === 'ironic' && one.lessee === other.lessee) return `The lessee ${one.lessee}`
  if (one.kind === 'nova' && other.kind === 'nova' && one.project === other.project) return `The project ${one.project}`
  return one.kind === 'this_machine' && other.kind === 'this_machine' ? 'This machine' : null
}

function common(one: readonly string[], other: readonly string[], what: string): string | null {
  const shared = one.find((name) => other.includes(name))
  return shared === undefined ? null : `${what} ${shared}`
}
