import { build } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

await ensureInstalled()
await build(['web', 'server'])
// In this process, so that signals reach the server itself.
await import('../packages/server/dist/main.mjs')
