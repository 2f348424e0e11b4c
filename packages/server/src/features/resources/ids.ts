import { createHash } from 'node:crypto'

/** By id, what was last read of each. */
export type Hashes = Map<string, string>
/** Whose part of which engine. `prefix` stands before the user names of the tenant's people there. */
export type Where = { tenantId: string; engineId: string; prefix: string }

/** The id under which a resource or job is known here: the same for as long as the engine calls it the same. */
export function idAt({ tenantId, engineId }: Omit<Where, 'prefix'>, kind: string, nativeId: string): string {
  const bytes = createHash('sha256').update([tenantId, engineId, kind, nativeId].join('\0')).digest().subarray(0, 16)
  // A UUID of version 8 (RFC 9562 5.8).
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export const prefixOf = (scope: object): string =>
  'prefix' in scope && typeof scope.prefix === 'string' ? scope.prefix : ''
