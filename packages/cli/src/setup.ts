import { setUpPlatform } from '@tenantry/contract'
import { setUpByOperator } from '@tenantry/server/features/first-run/index.ts'
import { operator } from '@tenantry/server/platform/access/actor.ts'
import { newId } from '@tenantry/server/platform/secrets/ids.ts'
import type { Command } from 'commander'
import { checked } from './checked.ts'
import { inHouse } from './house.ts'
import { print, readPassword } from './output.ts'

const Input = setUpPlatform.body.omit({ token: true, confirmPassword: true })

export function addSetup(program: Command): void {
  program
    .command('setup')
    .description('create the first Platform Admin of a new platform')
    .requiredOption('--username <username>', 'to sign in with; cannot be changed later')
    .requiredOption('--email <address>', 'e-mail address')
    .option('--first-name <name>', 'first name', 'Platform')
    .option('--last-name <name>', 'last name', 'Admin')
    .requiredOption('--password-stdin', 'read the password from standard input; it is theirs, and lasts')
    .action(async (options) => {
      const { username, email, firstName, lastName } = options
      const password = await readPassword()
      const input = checked(Input, { username, email, firstName, lastName, password })
      const { id } = await inHouse((deps) =>
        setUpByOperator(deps, operator(newId()), { ...input, confirmPassword: password }),
      )
      const user = { id, username, email, organization: 'platform' }
      print(
        program.opts().json,
        user,
        `Platform Admin "${username}" created. Sign in with the organization "platform".`,
      )
    })
}
