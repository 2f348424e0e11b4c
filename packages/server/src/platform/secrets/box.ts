import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Seals what must be read again: credentials of engines. AES-256-GCM (NIST SP 800-38D) with a key outside of the database. */
export type Box = {
  /** `purpose` is bound in: what was sealed for one does not open for another. */
  seal(text: string, purpose: string): Buffer
  /** Throws `BoxRefused` where the key is another one or the bytes were changed. */
  open(sealed: Buffer, purpose: string): string
}

export class BoxRefused extends Error {}

const format = 1

/** `key`: 32 bytes. Sealed: format (1), key fingerprint (4), nonce (12), tag (16), text. */
export function openBox(key: Buffer): Box {
  if (key.length !== 32) throw new Error('the key of the box is 32 bytes')
  const fingerprint = createHash('sha256').update(key).digest().subarray(0, 4)
  return {
    seal(text, purpose) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([format]), fingerprint, nonce, cipher.getAuthTag(), body])
    },
    open(sealed, purpose) {
      if (sealed[0] !== format || sealed.length < 33)
        throw new BoxRefused('What is stored was not sealed by this version.')
      if (!sealed.subarray(1, 5).equals(fingerprint)) {
        throw new BoxRefused('It was sealed with another key than the SECRET_KEY of this server.')
      }
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, 17))
      decipher.setAAD(Buffer.from(purpose))
      decipher.setAuthTag(sealed.subarray(17, 33))
      try {
        return Buffer.concat([decipher.update(sealed.subarray(33)), decipher.final()]).toString('utf8')
      } catch {
        throw new BoxRefused('What is stored was changed since it was sealed.')
      }
    },
  }
}

/** The key of the data folder, made when it is first needed; readable by its owner only. */
export function keyInFile(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true })
    try {
      writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  chmodSync(path, 0o600)
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
}
