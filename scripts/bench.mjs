import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { root, run, tool } from './lib/run.mjs'

await ensureInstalled()
const [name, ...words] = process.argv.slice(2)
const folder = join(root, 'bench')
const benches = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
if (!benches.includes(name)) {
  process.stdout.write('npm run bench -- NAME, where NAME is one of:\n')
  for (const bench of benches) {
    const about = readFileSync(join(folder, `${bench}.ts`), 'utf8')
      .split('\n')[0]
      .replace(/^[/*\s]+|[*/\s]+$/g, '')
    process.stdout.write(`  ${bench.padEnd(12)} ${about}\n`)
  }
  process.exit(name === undefined ? 0 : 2)
}
process.exit(await run(process.execPath, [tool('tsx'), join('bench', `${name}.ts`), ...words]))
