import type { Allocation, Quota } from '@tenantry/contract'

type Part = Pick<Allocation, 'scope' | 'quota'>

const profile = /^\d{1,2}g\.\d{1,3}gb(\.me|\+me)?$/i

/**
 * The commands that hold an engine itself to a quota, for whoever administers it to run: `sacctmgr` with GrpTRES on each
 * account (sacctmgr(1)), `kubectl apply` with a ResourceQuota in each namespace. What the quota leaves open they open, but
 * for models of GPUs that it named before: sacctmgr takes limits away one by one. Null where the engine has no such limits,
 * or the part has nothing they could stand on.
 */
export function limitsAtEngine({ scope, quota }: Part): string | null {
  if (scope.kind === 'slurm') return scope.accounts.map((account) => ofAccount(account, quota)).join('\n')
  if (scope.kind === 'kubernetes' && scope.namespaces !== null) {
    const manifest = { apiVersion: 'v1', kind: 'List', items: scope.namespaces.map((name) => ofNamespace(name, quota)) }
    return `kubectl apply -f - <<'EOF'\n${JSON.stringify(manifest, null, 2)}\nEOF`
  }
  return null
}

function ofAccount(account: string, { gpus, cpus, memoryMiB }: Quota): string {
  // What a job does not ask for by its model counts in the sum alone; so do slices, whose type at a cluster names the GPU too.
  const sum = gpus.length === 0 ? -1 : gpus.reduce((all, { count }) => all + count, 0)
  const typed = gpus.filter(({ model }) => /^[\w.-]+$/.test(model) && !profile.test(model))
  const limits = [
    `cpu=${cpus ?? -1}`,
    `mem=${memoryMiB === null ? -1 : `${memoryMiB}M`}`,
    `gres/gpu=${sum}`,
    ...typed.map(({ model, count }) => `gres/gpu:${model.toLowerCase()}=${count}`),
  ]
  return `sacctmgr -i modify account where name=${account} set GrpTRES=${limits.join(',')}`
}

function ofNamespace(namespace: string, { gpus, cpus, memoryMiB, storageGiB }: Quota) {
  const whole = gpus.filter(({ model }) => !profile.test(model))
  const hard: Record<string, string> = {
    ...(cpus !== null && { 'requests.cpu': `${cpus}` }),
    ...(memoryMiB !== null && { 'requests.memory': `${memoryMiB}Mi` }),
    ...(storageGiB !== null && { 'requests.storage': `${storageGiB}Gi` }),
    // A ResourceQuota knows GPUs by the name of their resource, which says no model.
    ...(whole.length > 0 && { 'requests.nvidia.com/gpu': `${whole.reduce((all, { count }) => all + count, 0)}` }),
  }
  for (const { model, count } of gpus) {
    if (profile.test(model)) hard[`requests.nvidia.com/mig-${model.toLowerCase().replace('+', '.')}`] = `${count}`
  }
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'tenantry', namespace }, spec: { hard } }
}
