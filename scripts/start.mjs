import { buildOrExit } from './lib/build.mjs'
import { endWithNpm } from './lib/end-with-npm.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

endWithNpm()
await ensureInstalled()
await buildOrExit(['web', 'server'])
process.setSourceMapsEnabled(true)
// In this process, so that signals reach the server itself.
await import('../packages/server/dist/main.mjs')
