import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { problem } from '../http/problem.ts'

// ASVS 5 appendix C: argon2id with 19 MiB and two passes.
// 2 is Argon2id in the library's own numbering.
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
// 32 KiB of memory per waiting hash is nothing, but whoever waits longer than this has given up.
const longestQueue = 400

// The same password typed on another keyboard is the same (SP 800-63B-4 3.1.1.2: normalise before hashing).
export type Passwords = {
  /** PHC string of a new salt. About 10 ms of one core. */
  hash(password: string): Promise<string>
  /** Whether it is the password. With null it takes the same time and is false. */
  verify(stored: string | null, password: string): Promise<boolean>
}

/** Hashes with at most as many at a time as there are cores: more only wait for each other with memory in hand. */
export async function openPasswords(slots = availableParallelism()): Promise<Passwords> {
  const decoy = await hash('nobody has this password', parameters)
  const waiting: (() => void)[] = []
  let free = slots

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1
    else if (waiting.length >= longestQueue) problem('unavailable', { retryAfter: 5 })
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }

  return {
    hash: (password) => inTurn(() => hash(password.normalize('NFKC'), parameters)),
    verify: (stored, password) =>
      inTurn(
        async () => (await verify(stored ?? decoy, password.normalize('NFKC')).catch(() => false)) && stored !== null,
      ),
  }
}
