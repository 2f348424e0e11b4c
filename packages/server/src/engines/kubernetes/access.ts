import type { z } from 'zod'
import { EngineError, type Person } from '../port.ts'
import { shaped } from '../shape.ts'
import { type Asker, bodyOf, type Kube, piece } from './client.ts'
import { accountName, bindingName, labelsOf, managedBy } from './names.ts'
import { type Metadata, Namespace, RoleBinding, ServiceAccount, TokenRequest } from './objects.ts'

const rbac = 'rbac.authorization.k8s.io'
const accounts = (namespace: string) => `/api/v1/namespaces/${piece(namespace)}/serviceaccounts`
const bindings = (namespace: string) => `/apis/${rbac}/v1/namespaces/${piece(namespace)}/rolebindings`

type Owned = { metadata: z.infer<typeof Metadata> }

/** What we made for this person, null where there is nothing. Errors: `refused` for what somebody else made by that name. */
async function ours<T extends Owned>(
  kube: Kube,
  schema: z.ZodType<T>,
  path: string,
  what: string,
  person: Person,
  signal: AbortSignal,
): Promise<T | null> {
  const found = await kube.read(schema, path, what, signal)
  if (found === null) return null
  const { name, namespace, labels } = found.metadata
  const isOurs = Object.entries(labelsOf(person)).every(([key, value]) => labels[key] === value)
  if (isOurs) return found
  throw new EngineError(
    'refused',
    `The ${what} ${name} in ${namespace} was not made for this person: it is left alone.`,
  )
}

/**
 * Where the service accounts of all people are. Not in the tenants' namespaces: the role `edit` lets its holder act as any
 * service account of its namespace and read its secrets, so that a colleague's access could be taken, and kept.
 */
const people = 'tenantry-people'

/**
 * Gives a person the ClusterRole `admin` or `edit` in namespaces, or takes both and every token. Safe to repeat. Answers it
 * in words.
 */
export async function carryThroughIn(
  kube: Kube,
  namespaces: readonly string[],
  person: Person,
  signal: AbortSignal,
): Promise<string> {
  const role = roleOf(person)
  if (role !== null) await ensureAccount(kube, person, signal)
  const words: string[] = []
  for (const namespace of namespaces) {
    await bind(kube, namespace, role, person, signal)
    words.push(`${role} in ${namespace}`)
  }
  if (role !== null) return words.join(', ')
  const account = await findAccount(kube, person, signal)
  if (account) await remove(kube, accountPath(person), account, signal)
  return 'nothing'
}

const accountPath = ({ tenant, username }: Person) => `${accounts(people)}/${accountName(tenant, username)}`
const findAccount = (kube: Kube, person: Person, signal: AbortSignal) =>
  ours(kube, ServiceAccount, accountPath(person), 'service account', person, signal)

async function ensureAccount(kube: Kube, person: Person, signal: AbortSignal): Promise<void> {
  if (await findAccount(kube, person, signal)) return
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: people, labels: managedBy } }
  const there = await kube.read(Namespace, `/api/v1/namespaces/${people}`, 'a namespace', signal)
  if (!there) await create(kube, '/api/v1/namespaces', namespace, signal)
  const metadata = { name: accountName(person.tenant, person.username), namespace: people, labels: labelsOf(person) }
  // It is looked at again where somebody else made it in the meantime.
  const raced = await create(kube, accounts(people), { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, signal)
  if (raced) await findAccount(kube, person, signal)
}

/** Binds a person's account to a role in a namespace; null: to none. */
async function bind(kube: Kube, namespace: string, role: string | null, person: Person, signal: AbortSignal) {
  const name = bindingName(person.username)
  const path = `${bindings(namespace)}/${name}`
  const find = () => ours(kube, RoleBinding, path, 'role binding', person, signal)
  const binding = await find()
  const [subject] = binding?.subjects ?? []
  const account = accountName(person.tenant, person.username)
  const isRight =
    binding?.roleRef.kind === 'ClusterRole' &&
    binding.roleRef.name === role &&
    binding.subjects.length === 1 &&
    subject?.kind === 'ServiceAccount' &&
    subject.name === account &&
    subject.namespace === people
  // A role binding cannot be bound to another role.
  if (binding && !isRight) await remove(kube, path, binding, signal)
  if (role === null || isRight) return
  const made = {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: labelsOf(person) },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: people }],
  }
  if (await create(kube, bindings(namespace), made, signal)) await find()
}

const roleOf = ({ mayUse, mayManage }: Person) => (mayManage ? 'admin' : mayUse ? 'edit' : null)

/** Whether somebody else made it in the meantime. */
async function create(kube: Kube, path: string, body: unknown, signal: AbortSignal): Promise<boolean> {
  const answer = await kube.send(path, { method: 'POST', body }, signal)
  if (answer.status === 404) throw new EngineError('not_found', `The namespace ${path.split('/').at(-2)} is not there.`)
  if (answer.status === 409) return true
  bodyOf(answer)
  return false
}

/** What was looked at is what is deleted, not what took its name since. */
async function remove(kube: Kube, path: string, { metadata }: Owned, signal: AbortSignal) {
  const preconditions = metadata.uid === null ? {} : { preconditions: { uid: metadata.uid } }
  const answer = await kube.send(
    path,
    { method: 'DELETE', body: { apiVersion: 'v1', kind: 'DeleteOptions', ...preconditions } },
    signal,
  )
  if (answer.status !== 404) bodyOf(answer)
}

/** Whether a person was given access in a namespace. */
export async function isBoundIn(kube: Kube, namespace: string, person: Person, signal: AbortSignal): Promise<boolean> {
  if (roleOf(person) === null) return false
  const path = `${bindings(namespace)}/${bindingName(person.username)}`
  return (await ours(kube, RoleBinding, path, 'role binding', person, signal)) !== null
}

/** The least that a Kubernetes API server grants, in seconds. */
const leastSeconds = 600

/** A token of a person's service account. Errors: `refused` where the person has no access in one of the namespaces. */
export async function tokenFor(
  kube: Kube,
  namespaces: readonly string[],
  person: Person,
  seconds: number,
  signal: AbortSignal,
) {
  const refusal = (where: string) => new EngineError('refused', `${person.username} has no access${where} yet.`)
  if (roleOf(person) === null || !(await findAccount(kube, person, signal))) throw refusal('')
  for (const namespace of namespaces) {
    if (!(await isBoundIn(kube, namespace, person, signal))) throw refusal(` in ${namespace}`)
  }
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: accountName(person.tenant, person.username), namespace: people },
    spec: { audiences: [], expirationSeconds: Math.max(leastSeconds, Math.floor(seconds)) },
  }
  const answer = await kube.send(`${accountPath(person)}/token`, { method: 'POST', body }, signal)
  return shaped(TokenRequest, bodyOf(answer), 'a token').status
}

/** Long enough for one call, and for what a stream of a log takes at its beginning. */
const callSeconds = 600

/** The API server as a person asks it, by a token of theirs. Errors: `refused` where they have no access in the namespace. */
export async function asPerson(kube: Kube, namespace: string, person: Person, signal: AbortSignal): Promise<Asker> {
  const { token } = await tokenFor(kube, [namespace], person, callSeconds, signal)
  return kube.as(token)
}

/** One cluster and one user, and a context for every namespace; the first is the current one. */
export function kubeconfigOf(
  address: string,
  ca: string | null,
  { user, token }: { user: string; token: string },
  namespaces: readonly string[],
): string {
  // Every string of JSON is one of YAML.
  const quoted = (value: string) => JSON.stringify(value)
  const authority = ca === null ? [] : [`      certificate-authority-data: ${Buffer.from(ca).toString('base64')}`]
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '  - name: tenantry',
    '    cluster:',
    `      server: ${quoted(address)}`,
    ...authority,
    'users:',
    `  - name: ${quoted(user)}`,
    '    user:',
    `      token: ${quoted(token)}`,
    'contexts:',
    ...namespaces.flatMap((namespace) => [
      `  - name: ${quoted(namespace)}`,
      '    context:',
      '      cluster: tenantry',
      `      namespace: ${quoted(namespace)}`,
      `      user: ${quoted(user)}`,
    ]),
    `current-context: ${quoted(namespaces[0] ?? '')}`,
    '',
  ].join('\n')
}
