import { execFileSync } from 'node:child_process'
import { openAgent } from './agent.ts'
import { readConfig } from './config.ts'
import { openDoor } from './door.ts'
import { openPeople } from './people.ts'
import { openReader } from './reader.ts'
import { SettingsRefused } from './settings.ts'

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const loopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Reads files beside the cluster’s file system as the people whose they are, until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  if (process.getuid?.() === 0) refuseWithoutSetpriv()
  else process.stderr.write('Not started as root: it reads the files of its own user alone.\n')
  const reader = openReader()
  const door = await openDoor({
    ...config,
    answer: openAgent(config, openPeople(), reader, print),
    turnedAway: (address) =>
      print({ time: new Date().toISOString(), user: null, path: null, address, result: 'unauthorised' }),
  })
  if (!config.tls && !loopback(config.host))
    process.stderr.write('Without TLS_CERT and TLS_KEY, whoever is on the way reads the secret and every file.\n')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      const closed = door.close()
      reader.close()
      void closed.then(() => process.exit(0))
    })
  }
  print({ time: new Date().toISOString(), listening: door.url })
}

function refuseWithoutSetpriv(): void {
  let options = ''
  try {
    options = execFileSync('setpriv', ['--help'], { encoding: 'utf8' })
  } catch {
    // It is not there.
  }
  if (!['--reset-env', '--pdeathsig', '--no-new-privs'].every((option) => options.includes(option)))
    throw new SettingsRefused('setpriv (util-linux) is missing or too old: without it nobody’s files are read as them.')
}

await main().catch((error) => {
  process.stderr.write(`${error instanceof SettingsRefused ? error.message : error.stack}\n`)
  process.exit(1)
})
