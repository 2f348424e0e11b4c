import { existsSync } from 'node:fs'
import { run } from './run.mjs'

let updated = false

/** Installs packages of Debian's, as root. Answers null, or in a sentence why it could not. */
export async function debian(packages) {
  const words = `apt-get install ${packages.join(' ')}`
  if (!existsSync('/usr/bin/apt-get')) return `install the equivalent of “${words}” on this system.`
  if (process.getuid?.() !== 0) return `as root, run “${words}”.`
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  process.stdout.write(`Installing ${packages.join(', ')} from Debian …\n`)
  if (!updated) await run('apt-get', ['update', '-qq'], { env, quiet: true })
  updated = true
  const options = ['-y', '-qq', '--no-install-recommends']
  const { code, output } = await run('apt-get', ['install', ...options, ...packages], { env, capture: true })
  if (code === 0) return null
  process.stderr.write(output.slice(-2_000))
  return `“${words}” failed.`
}
