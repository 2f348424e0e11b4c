import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, seconds } from './run.mjs'

/** Refuses a Node that is too old, and installs the packages where they are missing or not those of the lock file. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Tenantry needs Node 20.19 or later; this is ${process.versions.node}.\n`)
    process.exit(1)
  }
  const mark = join(root, 'node_modules', '.tenantry-installed')
  const lock = readFileSync(join(root, 'package-lock.json'))
  const state = `${createHash('sha256').update(lock).digest('hex')} ${process.versions.modules} ${process.platform}-${process.arch}`
  if (read(mark) === state) return
  const begun = performance.now()
  process.stderr.write('Installing packages …\n')
  // npm warns of packages that say they want a newer Node; what we use of them is tested on this one.
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true })
  if (code !== 0) {
    process.stderr.write('The packages could not be installed: npm says why above.\n')
    process.exit(code)
  }
  writeFileSync(mark, state)
  process.stderr.write(`Packages installed in ${seconds(begun)}.\n`)
}

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
