import type { JobChoices, NewJob } from '@tenantry/contract'
import { EngineError } from '../port.ts'
import { gpusOf } from './gres.ts'
import type { Membership, Partition } from './places.ts'
import { type Account, type Node, subtree } from './shapes.ts'
import type { SlurmScope } from './share.ts'
import { takesWork } from './states.ts'

/** `nested`: that a partition takes an account takes those below it, too; so from 23.11 on, and not in 22.05 (seen). */
export type Grounds = {
  partitions: readonly Partition[]
  nodes: readonly Node[]
  accounts: readonly Account[]
  memberships: readonly Membership[]
  nested: boolean
}
type Combination = JobChoices['combinations'][number]

/**
 * What one person may choose from: each of their accounts within the scope, in each partition of the scope that takes it, with
 * each QOS that both take. The default of each comes first. Partitions also limit by groups of the system, which only the
 * cluster knows: that refusal comes when a job is submitted.
 */
export function choicesOf(grounds: Grounds, scope: SlurmScope, others: readonly string[]): JobChoices {
  const own = subtree(grounds.accounts, scope.accounts, others)
  const parents = new Map(grounds.accounts.map(({ name, parent }) => [name, parent]))
  const partitions = scope.partitions.flatMap((name) => grounds.partitions.find((one) => one.name === name) ?? [])
  const offered = [...partitions].sort((a, b) => rank(a) - rank(b))
  const theirs = grounds.memberships.filter(({ account }) => own.has(account))
  const combinations = [...theirs]
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
    .flatMap((member) =>
      offered
        .filter((partition) => takesAccount(partition, member, parents, grounds.nested))
        .flatMap((partition) =>
          qosOf(partition, member).map((qos) => ({ where: partition.name, account: member.account, qos })),
        ),
    )
  return {
    combinations: unique(combinations),
    places: partitions.map((partition) => placeOf(partition, grounds.nodes)),
    needsImage: false,
    arrays: true,
  }
}

/** The combination that a job names, or the first of what it leaves open. Errors: `not_found`, `refused`. */
export function chosen(
  { combinations }: JobChoices,
  scope: SlurmScope,
  { where, account, qos }: Pick<NewJob, 'where' | 'account' | 'qos'>,
): Combination {
  if (!scope.partitions.includes(where)) throw new EngineError('not_found', `There is no partition ${where}.`)
  const there = combinations.filter((one) => one.where === where)
  const paid = there.filter((one) => account === null || account === '' || one.account === account)
  const found = paid.find((one) => qos === null || qos === '' || one.qos === qos)
  if (found) return found
  if (there.length === 0) throw new EngineError('refused', `The partition ${where} takes no jobs of yours just now.`)
  if (paid.length === 0) throw new EngineError('refused', `You cannot use the account ${account} in ${where}.`)
  throw new EngineError('refused', `You cannot use the QOS ${qos} with this account in ${where}.`)
}

const rank = ({ flags, states }: Partition): number =>
  (states.includes('UP') ? 0 : 2) + (flags.includes('DEFAULT') ? 0 : 1)

/** Slurm refuses at once what is not up or down, and what is for root or a reservation alone. */
function takesAccount(
  partition: Partition,
  { account, partition: only }: Membership,
  parents: Map<string, string | null>,
  nested: boolean,
): boolean {
  if (only !== null && only !== partition.name) return false
  if (partition.states.some((state) => state === 'DRAIN' || state === 'INACTIVE')) return false
  if (partition.flags.some((flag) => /^(ROOT_ONLY|REQ_RESV|REQUIRE_RESERVATION)$/.test(flag))) return false
  const line = nested ? ancestry(account, parents) : [account]
  // Where some are allowed, denials are not looked at (slurm.conf(5)).
  if (partition.allowedAccounts.length > 0) return line.some((name) => partition.allowedAccounts.includes(name))
  return !line.some((name) => partition.deniedAccounts.includes(name))
}

function ancestry(account: string, parents: Map<string, string | null>): string[] {
  const line: string[] = []
  for (let name: string | null = account; name !== null && !line.includes(name); name = parents.get(name) ?? null) {
    line.push(name)
  }
  return line
}

function qosOf(partition: Partition, { qos, defaultQos }: Membership): string[] {
  const usable = qos.filter((name) =>
    partition.allowedQos.length > 0 ? partition.allowedQos.includes(name) : !partition.deniedQos.includes(name),
  )
  if (qos.length === 0) return partition.allowedQos.length > 0 ? [] : ['']
  const first = defaultQos ?? 'normal'
  return [...usable].sort((a, b) => Number(b === first) - Number(a === first))
}

function unique(combinations: Combination[]): Combination[] {
  const seen = new Set<string>()
  return combinations.filter((one) => {
    const key = JSON.stringify(one)
    return !seen.has(key) && seen.add(key)
  })
}

function placeOf(partition: Partition, all: readonly Node[]): JobChoices['places'][number] {
  const nodes = all.filter(({ partitions }) => partitions.includes(partition.name))
  const gpus = new Map<string, { perNode: number; total: number; free: number }>()
  for (const node of nodes) {
    const taken = gpusOf(node.gresUsed)
    for (const [type, count] of gpusOf(node.gres)) {
      const so = gpus.get(type) ?? { perNode: 0, total: 0, free: 0 }
      const free = takesWork(node.states) ? Math.max(0, count - (taken.get(type) ?? 0)) : 0
      gpus.set(type, { perNode: Math.max(so.perNode, count), total: so.total + count, free: so.free + free })
    }
  }
  return {
    name: partition.name,
    open: partition.states.includes('UP'),
    nodes: nodes.length,
    cpus: Math.max(0, ...nodes.map(({ cpus }) => cpus)),
    memoryMiB: Math.max(0, ...nodes.map(({ memory }) => memory)),
    gpus: [...gpus].map(([model, counts]) => ({ model, ...counts })),
    defaultMinutes: partition.defaultMinutes,
    maxMinutes: partition.maxMinutes,
  }
}
