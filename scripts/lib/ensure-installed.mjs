import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, seconds } from './run.mjs'

const modules = join(root, 'node_modules')

/** Refuses a Node that is too old, and installs the packages where they are missing or not those of the lock file. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      `Tenantry needs Node 20.19 or later; this is ${process.versions.node}. https://nodejs.org has newer ones.\n`,
    )
    process.exit(1)
  }
  const mark = join(modules, '.tenantry-installed')
  const lock = readFileSync(join(root, 'package-lock.json'))
  const state = `${createHash('sha256').update(lock).digest('hex')} ${process.versions.modules} ${process.platform}-${process.arch}`
  const found = read(mark)
  if (found === state) return
  // Somebody ran npm by hand: nothing to do where what it wrote down is what the lock file asks for.
  const sameNode = found === null || found.endsWith(state.slice(state.indexOf(' ')))
  if (!sameNode || !isInstalled(JSON.parse(lock))) await install()
  writeFileSync(mark, state)
}

async function install() {
  const begun = performance.now()
  process.stderr.write('Installing packages …\n')
  // With development packages whatever NODE_ENV says, as building needs them, and with those of this platform.
  const words = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await run('npm', words, { quiet: true }).catch(() => {
    process.stderr.write('npm, which comes with Node, was not found.\n')
    return 1
  })
  if (code !== 0) {
    process.stderr.write('The packages could not be installed: npm says why above.\n')
    process.exit(code)
  }
  process.stderr.write(`Packages installed in ${seconds(begun)}.\n`)
}

/** Whether npm's own record of what it installed agrees with the lock file. */
function isInstalled({ packages: wanted }) {
  const record = read(join(modules, '.package-lock.json'))
  if (record === null) return false
  const { packages: installed } = JSON.parse(record)
  const isPackage = (path) => path.includes('node_modules/')
  // What nothing here depends on may be missing: leftovers of the lock file, packages for other systems.
  const needed = new Set(
    Object.entries(wanted).flatMap(([path, locked]) => {
      if (isPackage(path) && !installed[path]) return []
      const { dependencies, devDependencies } = isPackage(path) ? locked : readPackage(path)
      return Object.keys({ ...dependencies, ...devDependencies })
    }),
  )
  return Object.entries(wanted).every(([path, { version, integrity, link }]) => {
    if (!isPackage(path) || link) return true
    const there = installed[path]
    if (!there) return !needed.has(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    return there.version === version && there.integrity === integrity && existsSync(join(root, path))
  })
}

const readPackage = (path) => JSON.parse(read(join(root, path, 'package.json')) ?? '{}')

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
