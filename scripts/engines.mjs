import { resolve } from 'node:path'
import { root } from './lib/run.mjs'

const kinds = ['slurm', 'ironic', 'kubernetes', 'model']
const verbs = ['up', 'down', 'status', 'build']
const help = `npm run engines -- <${kinds.join('|')}> <${verbs.join('|')}> [--json] [--folder DIR]

Real engines on loopback, for development and for the integration tests.
  up       installs what is missing, starts everything, and prints how to reach it
  down     ends everything and removes its folder
  status   what is running
  build    of kubernetes only: builds it into a cache outside of the project, once
  --json   prints one JSON document; progress goes to stderr
  --folder where everything it writes is (data/engines/<kind>)
`

const words = process.argv.slice(2)
const folderAt = words.indexOf('--folder')
const [given] = folderAt < 0 ? [] : words.splice(folderAt, 2).slice(1)
const json = words.includes('--json')
const [kind, verb] = words.filter((word) => !word.startsWith('--'))

if (!kinds.includes(kind) || !verbs.includes(verb)) {
  process.stderr.write(help)
  process.exit(2)
}
const folder = resolve(given ?? resolve(root, 'data/engines', kind))
const engine = await import(`../dev/engines/${kind}.mjs`)
if (!engine[verb]) {
  process.stderr.write(`There is nothing to build for ${kind}.\n`)
  process.exit(2)
}
try {
  const answer = await engine[verb]({ folder, log: (line) => process.stderr.write(`${line} …\n`) })
  const text = answer === undefined ? { done: true } : answer
  process.stdout.write(json ? `${JSON.stringify(text)}\n` : `${JSON.stringify(text, null, 2)}\n`)
  process.exit(text.missing ? 3 : 0)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
