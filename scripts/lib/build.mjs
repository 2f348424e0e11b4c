import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, seconds, tool } from './run.mjs'

const sources = (name) => join(root, 'packages', name)

/** Of each part: what it is made from, and how. Only what has changed since is made again. */
const parts = {
  web: { inputs: ['web', 'contract'], build: buildWeb },
  server: { inputs: ['server', 'contract'], build: () => bundle('server') },
  cli: { inputs: ['cli', 'server', 'contract'], build: () => bundle('cli') },
}

/** Builds the parts whose sources have changed. */
export async function build(names = Object.keys(parts), { quiet = false } = {}) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  for (const name of names) {
    const { inputs, build: make } = parts[name]
    const hash = createHash('sha256').update(lock)
    for (const input of inputs) hashFolder(hash, sources(input))
    const state = hash.digest('hex')
    const mark = join(sources(name), 'dist', '.built')
    if (existsSync(mark) && readFileSync(mark, 'utf8') === state) continue
    const begun = performance.now()
    await make({ quiet })
    writeFileSync(mark, state)
    process.stderr.write(`Built ${name} in ${seconds(begun)}.\n`)
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

async function buildWeb({ quiet }) {
  const code = await run(process.execPath, [tool('vite'), 'build', join('packages', 'web'), '--logLevel', 'warn'], {
    quiet,
  })
  if (code !== 0) throw new Error('the pages could not be built')
}

/** One file with our own code; the packages stay outside. */
async function bundle(name) {
  const esbuild = await import('esbuild')
  const out = join(sources(name), 'dist')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  await esbuild.build({
    entryPoints: [join(sources(name), 'src', 'main.ts')],
    outfile: join(out, 'main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [{ name: 'packages-outside', setup: keepPackagesOutside }],
  })
  cpSync(join(sources('server'), 'src', 'platform', 'database', 'migrations'), join(out, 'migrations'), {
    recursive: true,
  })
}

function keepPackagesOutside(building) {
  building.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' || path.startsWith('@tenantry/') ? null : { path, external: true },
  )
}
