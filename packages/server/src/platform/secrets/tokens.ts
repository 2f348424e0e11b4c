import { createHash, randomBytes, randomInt } from 'node:crypto'
import { bytesOfId, idOfBytes } from './ids.ts'

/** SHA-256: enough for secrets of 112 bits and more (SP 800-63B-4 3.1.2), never for what a person made up. */
export const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()

/**
 * A secret token of 256 bits that says in which tenant to look for it, as base64url. The tenant in it is only where
 * the search begins: it is part of what is hashed, and a token is found only in the tenant that issued it.
 */
export const newToken = (tenantId: string): string =>
  Buffer.concat([bytesOfId(tenantId), randomBytes(32)]).toString('base64url')

/** The tenant to look in, or null where the text cannot be one of our tokens. */
export function tenantOfToken(token: string): string | null {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return null
  return idOfBytes(Buffer.from(token, 'base64url').subarray(0, 16))
}

// No 0, 1, l, o, i: it is read aloud and typed.
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A password to hand over once: 24 characters in groups of six, 118 bits. */
export function generatePassword(): string {
  const characters = Array.from({ length: 24 }, () => alphabet[randomInt(alphabet.length)])
  return characters.join('').replace(/(.{6})(?=.)/g, '$1-')
}
