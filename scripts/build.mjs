import { build } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

await ensureInstalled()
await build()
