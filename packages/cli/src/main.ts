import { Command } from 'commander'
import { addAuditCommands } from './audit.ts'
import { Refused, refusal } from './output.ts'
import { addSetup } from './setup.ts'
import { addTenantCommands } from './tenant.ts'
import { addUserCommands } from './user.ts'

const program = new Command('tenantry')
  .description(
    'Manages a Tenantry from the machine it runs on: the way to set it up without a browser, and the way back in when the last ' +
      'admin forgot the password. It works on the database itself, whether or not the server is running, as whoever may read the ' +
      'data folder; everything it does stands in the audit log as done by the operator.',
  )
  .option('--json', 'answer in JSON, for programs')
  .addHelpText(
    'after',
    `
Settings are those of the server, from the environment:
  TENANTRY_DATA   the data folder (./data)
  DATABASE_URL    a PostgreSQL of your own instead of the embedded one
  PUBLIC_URL      the address in links that are handed out

Examples:
  $ npm run tenantry -- setup --username root --email root@example.org --password-stdin < password.txt
  $ npm run tenantry -- tenant create acme --name "Acme"
  $ npm run tenantry -- user create --tenant acme --username ada --email ada@acme.test \\
        --first-name Ada --last-name Byron --role "Tenant Admin" --password-stdin < password.txt
  $ npm run tenantry -- user reset-password --tenant acme ada
  $ npm run -s tenantry -- user list --tenant acme --search byron --json
  $ npm run tenantry -- audit verify

Exit codes: 0 done, 1 refused or failed, 2 not understood.`,
  )
  .showHelpAfterError('(--help says more)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))

addSetup(program)
addTenantCommands(program)
addUserCommands(program)
addAuditCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  const { message, document } = refusal(error)
  if (program.opts().json) process.stdout.write(`${JSON.stringify(document)}\n`)
  process.stderr.write(`${message}\n`)
  if (!(error instanceof Refused) && process.env.DEBUG) process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
}
