import { build } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

await ensureInstalled()
await build(['cli'], { quiet: true })
await import('../packages/cli/dist/main.mjs')
