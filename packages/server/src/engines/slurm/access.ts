import { EngineError, type Person } from '../port.ts'
import type { Rest } from './rest.ts'
import type { SlurmScope } from './share.ts'
import { textOf, wordsOf } from './values.ts'

const jobsActive = 7001
const nothingFound = 9003

type User = { administrator: boolean; accounts: string[] }

/**
 * Gives a person an association with each account of a scope, or takes it. Somebody whose jobs still run cannot be taken out;
 * they may submit nothing more from then on. Errors: `refused` for an administrator of the cluster, and for somebody who is in
 * accounts of others: to let a tenant in by such a name would hand it their rights.
 */
export async function carryThrough(
  rest: Rest,
  cluster: string,
  scope: SlurmScope,
  person: Person,
  signal: AbortSignal,
): Promise<string> {
  const name = `${scope.prefix ?? ''}${person.username}`
  const user = await findUser(rest, name, cluster, signal)
  if (!person.mayUse) {
    const theirs = (user?.accounts ?? []).filter((account) => scope.accounts.includes(account))
    const left: string[] = []
    for (const account of theirs) if (!(await remove(rest, cluster, account, name, signal))) left.push(account)
    return left.length === 0 ? 'nothing' : `no new jobs in ${left.join(', ')}: jobs still run there`
  }
  if (user?.administrator) throw new EngineError('refused', `${name} is an administrator of this cluster.`)
  const foreign = user?.accounts.find((account) => !scope.accounts.includes(account))
  if (foreign !== undefined) {
    throw new EngineError('refused', `At this cluster ${name} is somebody’s of another account.`)
  }
  const [first] = scope.accounts
  if (!user) await post(rest, '/users', { users: [{ name, default: { account: first } }] }, signal)
  for (const account of scope.accounts) await put(rest, cluster, account, name, null, signal)
  // What was answered with success was seen to be missing: in step is what is there.
  const after = await findUser(rest, name, cluster, signal)
  const missing = scope.accounts.find((account) => !after?.accounts.includes(account))
  if (missing !== undefined)
    throw new EngineError('unreachable', `It said that ${name} is in ${missing} now, and they are not.`)
  return `account ${scope.accounts.join(', ')}`
}

async function findUser(rest: Rest, name: string, cluster: string, signal: AbortSignal): Promise<User | null> {
  const { body, errors } = await rest.ask('slurmdb', `/user/${encodeURIComponent(name)}`, {
    signal,
    known: [nothingFound],
  })
  const users = Array.isArray(body.users) ? (body.users as Record<string, unknown>[]) : []
  const user = users.find((row) => textOf(row.name) === name)
  if (errors.length > 0 || !user) return null
  const associations = Array.isArray(user.associations) ? (user.associations as Record<string, unknown>[]) : []
  return {
    administrator: wordsOf(user.administrator_level).some((level) => level !== 'NONE' && level !== 'NOT SET'),
    accounts: associations.filter((row) => textOf(row.cluster) === cluster).map((row) => textOf(row.account)),
  }
}

/** `submitted`: how many jobs they may have; null for as many as everybody. */
async function put(
  rest: Rest,
  cluster: string,
  account: string,
  user: string,
  submitted: number | null,
  signal: AbortSignal,
): Promise<void> {
  const wrapped = (await rest.version(signal)) >= 40
  const number = wrapped
    ? { set: submitted !== null, infinite: submitted === null, number: submitted ?? 0 }
    : (submitted ?? -1)
  const max = { jobs: { per: { submitted: number } } }
  await post(rest, '/associations', { associations: [{ account, cluster, user, max }] }, signal)
}

async function post(rest: Rest, path: string, body: unknown, signal: AbortSignal): Promise<void> {
  const slash = (await rest.version(signal)) >= 40 ? '/' : ''
  await rest.ask('slurmdb', `${path}${slash}`, { method: 'POST', body, signal })
}

/** Takes an association away. False where jobs still run: they may submit no more. */
async function remove(
  rest: Rest,
  cluster: string,
  account: string,
  user: string,
  signal: AbortSignal,
): Promise<boolean> {
  const slash = (await rest.version(signal)) >= 40 ? '/' : ''
  const query = new URLSearchParams({ cluster, account, user })
  const { errors } = await rest.ask('slurmdb', `/association${slash}?${query}`, {
    method: 'DELETE',
    signal,
    known: [jobsActive, nothingFound],
  })
  if (!errors.some(({ number }) => number === jobsActive)) return true
  await put(rest, cluster, account, user, 0, signal)
  return false
}
