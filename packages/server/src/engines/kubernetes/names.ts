import { EngineError, type Person } from '../port.ts'

const escapes: Record<string, string> = { '.': '-d', _: '-u', '-': '--' }

/**
 * A user name (`[a-z][a-z0-9._-]*`) as part of a Kubernetes name, where neither dots nor underscores may stand, nor a hyphen
 * at the end: `.` is `-d`, `_` is `-u`, `-` is `--`, and `-h` at the end. Every sequence after a hyphen stands for one
 * character, so that two user names never share one.
 */
export const encodeUsername = (username: string) =>
  username.replace(/[._-]/g, (character) => escapes[character] ?? '').replace(/--$/, '-h')

const meanings: Record<string, string> = { '-': '-', d: '.', u: '_', h: '-' }

/** The user name that stands for itself in a Kubernetes name; null where none does. */
export function decodeUsername(encoded: string): string | null {
  const username = encoded.replace(/-([-duh])/g, (_, code: string) => meanings[code] ?? '')
  return encodeUsername(username) === encoded ? username : null
}

export const managedBy = { 'app.kubernetes.io/managed-by': 'tenantry' }

/** What everything carries that was made for a person. */
export const labelsOf = ({ username, tenant }: Pick<Person, 'username' | 'tenant'>): Record<string, string> => ({
  ...managedBy,
  'tenantry/user': encodeUsername(username),
  'tenantry/tenant': tenant,
})

/** The user whom something was made for, by its labels; '' where it is nobody's that is known. */
export function ownerOf(labels: Record<string, string>): string {
  const isOurs = labels['app.kubernetes.io/managed-by'] === 'tenantry'
  return (isOurs && decodeUsername(labels['tenantry/user'] ?? '')) || ''
}

/** Whether something of Kubernetes may be called so. */
export const isName = (given: string) => given.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(given)

/** The name of somebody's role bindings. */
export const bindingName = (username: string) => `tenantry-${encodeUsername(username)}`

/** The name of somebody's service account, among those of all tenants. No part holds a dot of its own. */
export const accountName = (tenant: string, username: string) => `${encodeUsername(tenant)}.${encodeUsername(username)}`

/** `namespace/name`, where both can be names of Kubernetes. Errors: `not_found`. */
export function splitNativeId(nativeId: string): { namespace: string; name: string } {
  const [namespace = '', name = '', ...rest] = nativeId.split('/')
  if (rest.length > 0 || !isName(namespace) || !isName(name))
    throw new EngineError('not_found', 'There is no such thing.')
  return { namespace, name }
}
