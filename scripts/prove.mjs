import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { openTally } from './lib/tally.mjs'

// The proofs at full size: what `npm test` runs in a form that fits. About half an hour on two cores.
await ensureInstalled()
const tally = openTally()
await build()
const prove = (title, project, files, times, env = {}) =>
  tally.vitest(
    title,
    [project],
    { DATABASE_URL: process.env.DATABASE_URL ?? '', PROOF: String(times), ...env },
    { files },
  )
// 100,000 actions, 1,000 duels of 200, 500 rounds of strangers; 63,000 requests; 21 crashes.
await prove('no gain, and the last admin', 'integration', ['guards'], 20)
await prove('fuzzing every route', 'integration', ['fuzz'], 30)
await prove('the tenant wall', 'integration', ['wall.test'], 1)
await prove('the database away for 30 s', 'integration', ['database-away'], 10)
await prove('kill -9 under write load', 'embedded', ['crash'], 7)
// Cases that `npm test` does not ask for: those are the same each time.
const folders = [...readdirSync('packages').map((name) => join('packages', name, 'src')), join('tests', 'properties')]
const properties = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
  .filter((file) => /(?<!\.db)\.test\.tsx?$/.test(file) && readFileSync(file, 'utf8').includes("from 'fast-check'"))
for (let round = 1; round <= 10; round += 1) {
  const seed = randomInt(2 ** 31)
  await prove(`properties with SEED=${seed}`, 'unit', properties, 5, { SEED: String(seed) })
}
process.exit(tally.end() ? 0 : 1)
