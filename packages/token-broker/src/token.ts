import { createHmac } from 'node:crypto'

/** A token as `scontrol token` makes one: HS256 with `sun`, `iat`, `exp` (slurm.schedmd.com/jwt.html). `now` and `life` in seconds. */
export function mintToken(key: Buffer, user: string, now: number, life: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: now, exp: now + life, sun: user })}`
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}
