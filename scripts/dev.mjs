import { spawn } from 'node:child_process'
import { ensureInstalled } from './lib/ensure-installed.mjs'
import { root, tool } from './lib/run.mjs'

// The server restarts on change; the pages come from Vite, which passes /api on to the server.
await ensureInstalled()
const children = [
  [tool('tsx'), 'watch', '--clear-screen=false', 'packages/server/src/main.ts'],
  [tool('vite'), 'packages/web'],
].map((words) => spawn(process.execPath, words, { cwd: root, stdio: 'inherit' }))
const stopAll = (signal) => {
  for (const child of children) child.kill(signal)
}
for (const child of children) child.on('exit', () => stopAll())
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopAll(signal))
