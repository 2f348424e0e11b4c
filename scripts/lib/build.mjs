import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root, run, seconds, tool } from './run.mjs'

const folderOf = (name) => join(root, 'packages', name)

/** Of each part: what it is made from, what it begins with, and how. Only what has changed since is made again. */
const parts = {
  web: { inputs: ['web', 'contract'], entry: 'vite.config.ts', make: buildWeb },
  server: { inputs: ['server', 'contract'], entry: 'src/main.ts', make: () => bundle('server', copyMigrations) },
  cli: { inputs: ['cli', 'server', 'contract'], entry: 'src/main.ts', make: () => bundle('cli', copyMigrations) },
  'token-broker': { inputs: ['token-broker'], entry: 'src/main.ts', make: () => bundle('token-broker') },
  'log-agent': { inputs: ['log-agent'], entry: 'src/main.ts', make: () => bundle('log-agent') },
}

/** Builds the parts whose sources have changed. Says so on stderr. Throws an error whose message is for the reader. */
export async function build(names = Object.keys(parts)) {
  const common = [join(root, 'package-lock.json'), fileURLToPath(import.meta.url)].map((path) => readFileSync(path))
  for (const name of names) {
    const { inputs, entry, make } = parts[name]
    if (!existsSync(join(folderOf(name), entry))) {
      // The server answers without pages; without a main there is nothing to run.
      if (name === 'web') continue
      throw new BuildFailed(`packages/${name}/${entry} is missing: there is nothing to build ${name} from.`)
    }
    const hash = createHash('sha256')
    for (const content of common) hash.update(content)
    for (const input of inputs) hashFolder(hash, folderOf(input))
    const state = hash.digest('hex')
    const mark = join(folderOf(name), 'dist', '.built')
    if (existsSync(mark) && readFileSync(mark, 'utf8') === state) continue
    const begun = performance.now()
    await make()
    writeFileSync(mark, state)
    process.stderr.write(`Built ${name} in ${seconds(begun)}.\n`)
  }
}

export class BuildFailed extends Error {}

/** As `build`, but ends the process where it fails, having said why. */
export async function buildOrExit(names) {
  try {
    await build(names)
  } catch (error) {
    process.stderr.write(`${error instanceof BuildFailed ? error.message : error.stack}\n`)
    process.exit(1)
  }
}

function hashFolder(hash, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (['dist', 'node_modules'].includes(entry.name) || entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) hashFolder(hash, path)
    else if (!/\.test\.tsx?$/.test(entry.name)) hash.update(path.slice(root.length)).update(readFileSync(path))
  }
}

async function buildWeb() {
  const words = ['build', folderOf('web'), '--logLevel', 'warn']
  const env = { NODE_ENV: 'production' }
  const code = await run(process.execPath, [tool('vite'), ...words], { quiet: true, env })
  if (code !== 0) throw new BuildFailed('The pages could not be built: Vite says why above.')
}

/** One file with our own code; the packages stay outside. `more` puts beside it what it reads. */
async function bundle(name, more = () => {}) {
  const esbuild = await import('esbuild')
  const out = join(folderOf(name), 'dist')
  const built = await esbuild
    .build({
      entryPoints: [join(folderOf(name), 'src', 'main.ts')],
      outfile: join(out, 'main.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning',
      write: false,
      plugins: [{ name: 'packages-outside', setup: keepPackagesOutside }],
    })
    .catch((error) => {
      throw new BuildFailed(
        `The ${name} could not be built: ${error.errors ? 'esbuild says why above.' : error.message}`,
      )
    })
  // Its helper process would stay as long as the server does.
  await esbuild.stop()
  for (const { path, contents } of built.outputFiles) replace(path, contents)
  more(join(out, 'migrations'))
}

function copyMigrations(to) {
  const from = join(folderOf('server'), 'src', 'platform', 'database', 'migrations')
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.sql')) : []
  for (const name of names) replace(join(to, name), readFileSync(join(from, name)))
  for (const name of existsSync(to) ? readdirSync(to) : []) if (!names.includes(name)) rmSync(join(to, name))
}

// Renamed into place: another start may be reading the file meanwhile.
function replace(path, contents) {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

function keepPackagesOutside(building) {
  building.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || path.startsWith('@tenantry/') ? null : { path, external: true },
  )
}
