import { buildOrExit } from './lib/build.mjs'
import { ensureInstalled } from './lib/ensure-installed.mjs'

// npm passes a signal to the shell between it and us, and some shells (dash) end of it without passing it on. Then the
// shell's end is our signal.
const parent = process.ppid
if (process.env.npm_lifecycle_event !== undefined) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200).unref()
}

await ensureInstalled()
await buildOrExit(['web', 'server'])
process.setSourceMapsEnabled(true)
// In this process, so that signals reach the server itself.
await import('../packages/server/dist/main.mjs')
