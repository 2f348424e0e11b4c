// The same text stands in token-broker and log-agent, so that each can be read and carried alone; a test holds them together.
import { execFile } from 'node:child_process'

/** A user as the system knows them: from its files, LDAP or wherever else `getent` looks. */
export type Person = { name: string; uid: number; gid: number; home: string }

export type People = {
  /** Null: nobody has that name. Throws where it could not be looked up. What was found is kept for a minute. */
  find(name: string): Promise<Person | null>
}

/** Names that can be asked for: what POSIX and Slurm take, and nothing that a program could read as an option or a number. */
export const isUserName = (name: unknown): name is string =>
  typeof name === 'string' && /^[a-z_][a-z0-9._-]{0,63}$/.test(name)

const nobodys = new Set([65_534, 65_535, 4_294_967_294, 4_294_967_295])

/** Root, the system’s own users below `minUid`, and nobody. */
export const isOfTheSystem = ({ uid }: Person, minUid: number): boolean => uid < minUid || nobodys.has(uid)

const kept = 60_000
const most = 10_000

export function openPeople(lookUp: (name: string) => Promise<Person | null> = askSystem, now = Date.now): People {
  const found = new Map<string, { until: number; person: Promise<Person | null> }>()
  return {
    find(name) {
      const known = found.get(name)
      if (known && known.until > now()) return known.person
      if (found.size >= most) found.clear()
      const person = lookUp(name)
      found.set(name, { until: now() + kept, person })
      person.catch(() => found.delete(name))
      return person
    },
  }
}

const askSystem = (name: string): Promise<Person | null> =>
  new Promise((done, failed) => {
    execFile('getent', ['passwd', name], { timeout: 5_000 }, (error, output) => {
      // 2: there is no such name. Everything else is a failure, not an answer.
      if (error) return error.code === 2 ? done(null) : failed(new Error('users cannot be looked up'))
      const [found, , uid, gid, , home] = output.split('\n', 1)[0]?.split(':') ?? []
      if (found !== name || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) return done(null)
      done({ name, uid: Number(uid), gid: Number(gid), home: home ?? '' })
    })
  })
