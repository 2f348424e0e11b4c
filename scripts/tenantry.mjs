import { buildOrExit } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

// Whatever installing and building say goes to stderr: stdout belongs to the command.
await ensureInstalled()
await buildOrExit(['cli'])
process.setSourceMapsEnabled(true)
await import('../packages/cli/dist/main.mjs')
