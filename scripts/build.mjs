import { buildOrExit } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

await ensureInstalled()
await buildOrExit()
