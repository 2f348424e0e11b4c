import { openBroker } from './broker.ts'
import { readConfig } from './config.ts'
import { openDoor } from './door.ts'
import { openPeople } from './people.ts'
import { SettingsRefused } from './settings.ts'

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const loopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** Signs short-lived tokens of a Slurm cluster for its users, until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const door = await openDoor({
    ...config,
    answer: openBroker(config, openPeople(), print),
    turnedAway: (address) =>
      print({ time: new Date().toISOString(), user: null, seconds: null, address, result: 'unauthorised' }),
  })
  if (!config.tls && !loopback(config.host))
    process.stderr.write('Without TLS_CERT and TLS_KEY, whoever is on the way reads the secret and every token.\n')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void door.close().then(() => process.exit(0)))
  }
  print({ time: new Date().toISOString(), listening: door.url })
}

await main().catch((error) => {
  process.stderr.write(`${error instanceof SettingsRefused ? error.message : error.stack}\n`)
  process.exit(1)
})
