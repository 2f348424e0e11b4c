import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

// What a browser loads before sign-in and dashboard can be used, as the build left it: `node packages/web/size.mjs`.
const bar = 200
const folder = resolve(process.argv[2] ?? resolve(import.meta.dirname, 'dist'))
const manifest = JSON.parse(readFileSync(resolve(folder, '.vite/manifest.json'), 'utf8'))

const found = new Set()
const visit = (name) => {
  if (found.has(name)) return
  found.add(name)
  for (const needed of manifest[name].imports ?? []) visit(needed)
}
visit('index.html')
const chunks = [...found].map((name) => manifest[name])
const zipped = (file) => gzipSync(readFileSync(resolve(folder, file)), { level: 9 }).length / 1000
const total = (files) => files.reduce((sum, file) => sum + zipped(file), 0)

const scripts = [...new Set(chunks.map(({ file }) => file))]
const styles = [...new Set(chunks.flatMap(({ css = [] }) => css))]
for (const file of [...scripts, ...styles].sort((a, b) => zipped(b) - zipped(a)))
  process.stdout.write(`${zipped(file).toFixed(1).padStart(8)} kB  ${file}\n`)
const script = total(scripts)
process.stdout.write(
  `First load, gzip: ${script.toFixed(1)} kB of script (bar: ${bar}), ${total(styles).toFixed(1)} kB of style\n`,
)
process.exitCode = script > bar ? 1 : 0
