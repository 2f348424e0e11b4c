import { buildOrExit } from './lib/build.mjs'
import { endWithNpm } from './lib/end-with-npm.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

endWithNpm()
await ensureInstalled()
await buildOrExit(['log-agent'])
process.setSourceMapsEnabled(true)
await import('../packages/log-agent/dist/main.mjs')
