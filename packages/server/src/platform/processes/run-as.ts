import { execFile } from 'node:child_process'
import { lchown, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user a program runs as, and the words before its command that make it so. Null: oneself. */
export type RunAs = { uid: number; gid: number; prefix: string[] } | null

/** Makes a file or folder belong to that user. A symbolic link is changed itself, not what it leads to. */
export const giveTo = async (path: string, user: RunAs): Promise<void> => {
  if (user) await lchown(path, user.uid, user.gid)
}

/** The words to start a program as that user, and the options of spawn that go with them. */
export function asUser(user: RunAs, words: string[]): { file: string; args: string[]; identity: object } {
  const [file, ...args] = [...(user?.prefix ?? []), ...words] as [string, ...string[]]
  const identity = user && user.prefix.length === 0 ? { uid: user.uid, gid: user.gid } : {}
  return { file, args, identity }
}

/** Whether the system knows a user of this id by name. initdb refuses to work for one it does not. */
export const hasName = (uid: number): Promise<boolean> =>
  run('id', ['-un', String(uid)]).then(
    () => true,
    () => false,
  )

/** The first folder, from `folder` upwards, that a user may not pass through; null where the way is open. */
export async function closedOn(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<string | null> {
  for (let place = await realpath(folder); ; place = dirname(place)) {
    const { mode, uid: owner, gid: group } = await stat(place)
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return place
    if (place === dirname(place)) return null
  }
}
