import { build } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { openTally } from './lib/tally.mjs'

// The proofs at full size: what `npm test` runs in a form that fits. About half an hour on two cores.
await ensureInstalled()
const tally = openTally()
await build()
const prove = (title, project, files, times) =>
  tally.vitest(title, [project], { DATABASE_URL: process.env.DATABASE_URL ?? '', PROOF: String(times) }, { files })
// 100,000 actions, 1,000 duels of 200, 500 rounds of strangers; 63,000 requests; 21 crashes.
await prove('no gain, and the last admin', 'integration', ['guards'], 20)
await prove('fuzzing every route', 'integration', ['fuzz'], 30)
await prove('the tenant wall', 'integration', ['wall.test'], 1)
await prove('the database away for 30 s', 'integration', ['database-away'], 10)
await prove('kill -9 under write load', 'embedded', ['crash'], 7)
process.exit(tally.end() ? 0 : 1)
