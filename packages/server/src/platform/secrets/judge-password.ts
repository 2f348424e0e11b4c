import type { FieldError } from '@tenantry/contract'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { problem } from '../http/problem.ts'

export const longestPassword = 128

export type About = {
  /** Characters. */
  minLength: number
  /** The user's and the tenant's own names, which must not make up the password. */
  names: string[]
}

let judge: ZxcvbnFactory | undefined

/**
 * Throws `weak_password` with what is wrong, or returns. SP 800-63B-4 3.1.1.2: length, a blocklist of common and
 * expected values, no rules of composition. The blocklist is closed under repetition, sequences, keyboard walks and
 * the person's own names: what remains must be worth more than `leastGuesses`.
 */
export function judgePassword(password: string, { minLength, names }: About, pointer = '/password'): void {
  const refuse = (code: string, detail: string): never => {
    const error: FieldError = { pointer, code, detail }
    return problem('weak_password', { detail, errors: [error] })
  }
  const length = [...password].length
  if (length < minLength) refuse('too_short', `Use at least ${minLength} characters; this has ${length}.`)
  if (length > longestPassword) refuse('too_long', `Use at most ${longestPassword} characters.`)

  const own = names.flatMap((name) => [name, ...name.split(/[\s._@+-]+/)]).filter((name) => name.length >= 3)
  if (lettersBeside(own, password) < leastBesideNames) {
    refuse('too_personal', 'This is mostly made of your own names. Choose something nobody would expect of you.')
  }
  judge ??= new ZxcvbnFactory({ dictionary: { ...dictionary }, graphs: adjacencyGraphs })
  const { guesses } = judge.check(password.normalize('NFKC'), own)
  if (guesses < leastGuesses) {
    refuse('too_common', 'This is a common or simply patterned password. A few unrelated words make a good one.')
  }
}

/** How many letters and digits are left once the names are taken out. */
function lettersBeside(names: string[], password: string): number {
  let rest = password.normalize('NFKC').toLowerCase()
  for (const name of [...names].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(name.toLowerCase(), ' ')
  return rest.match(/[\p{L}\p{N}]/gu)?.length ?? 0
}

const leastBesideNames = 8

// What an attacker with a list of names and common passwords tries first.
const leastGuesses = 1e9

/** Throws `invalid_input` where the repetition differs. */
export function confirmPassword(password: string, repeated: string | undefined, pointer = '/confirmPassword'): void {
  if (repeated !== undefined && repeated !== password) {
    const detail = 'The two passwords are not the same.'
    problem('invalid_input', { detail, errors: [{ pointer, code: 'mismatch', detail }] })
  }
}
