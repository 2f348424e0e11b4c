import { createUser as contract, type User, UserSort, UserStatus } from '@tenantry/contract'
import {
  createUserInRole,
  disableUser,
  enableUser,
  findUserNamed,
  listUsers,
  resetPassword,
  unlockUser,
} from '@tenantry/server/features/users/index.ts'
import type { Actor } from '@tenantry/server/platform/access/actor.ts'
import { findRoleNamed } from '@tenantry/server/platform/access/roles.ts'
import type { Deps } from '@tenantry/server/platform/deps.ts'
import { type Command, Option } from 'commander'
import { checked } from './checked.ts'
import { inHouse, operatorIn } from './house.ts'
import { print, Refused, readPassword, table } from './output.ts'

const Input = contract.body.omit({ roleId: true, confirmPassword: true })
const describe = ({ username, status }: User) => `${username} is ${status.replace('_', ' ')}.`

export function addUserCommands(program: Command): void {
  const user = program
    .command('user')
    .description('manage the users of a tenant; the platform itself is the tenant "platform"')
  const json = (): boolean => program.opts().json ?? false

  user
    .command('create')
    .description('create a user; without --password-stdin with a one-time set-up link')
    .requiredOption('--tenant <slug>', 'the organization')
    .requiredOption('--username <username>', 'to sign in with; cannot be changed later')
    .requiredOption('--email <address>', 'e-mail address')
    .requiredOption('--first-name <name>', 'first name')
    .requiredOption('--last-name <name>', 'last name')
    .requiredOption('--role <name>', 'a role of the tenant, such as "Tenant User"')
    .option('--password-stdin', 'read the password from standard input; it is temporary')
    .option('--no-must-change', 'the password is theirs already, and lasts')
    .action(async (options) => {
      const { username, email, firstName, lastName } = options
      const password = options.passwordStdin ? await readPassword() : undefined
      if (!options.mustChange && password === undefined)
        throw new Refused('--no-must-change goes with --password-stdin.')
      const input = checked(Input, { username, email, firstName, lastName, password })
      const created = await inHouse(async (deps) =>
        createUserInRole(deps, await operatorIn(deps, options.tenant), input, {
          role: async (tx, actor) => (await findRoleNamed(tx, actor.tenantId, options.role)) ?? noRole(options.role),
          lasting: !options.mustChange,
        }),
      )
      const link = created.setUpLink
        ? `\nSet-up link, shown once, until ${created.setUpLink.expiresAt}:\n${created.setUpLink.url}`
        : ''
      print(json(), created, `User "${username}" created.${link}`)
    })

  user
    .command('list')
    .description('list users, a page at a time')
    .requiredOption('--tenant <slug>', 'the organization')
    .option('--search <words>', 'words of username, name or e-mail')
    .addOption(new Option('--status <status>', 'only these').choices(UserStatus.options))
    .addOption(new Option('--sort <column>', 'a column; with - before it from the end').choices(UserSort.options))
    .option('--limit <number>', 'users on a page, up to 200', '50')
    .option('--cursor <cursor>', 'the page that begins here, as the page before says')
    .action(async ({ tenant, search, status, sort, limit, cursor }) => {
      const page = await inHouse(async (deps) =>
        listUsers(deps, await operatorIn(deps, tenant), {
          q: search,
          status,
          sort,
          cursor,
          limit: Math.min(200, Math.max(1, Number(limit) || 50)),
        }),
      )
      const rows = page.items.map((item) => [
        item.username,
        `${item.firstName} ${item.lastName}`,
        item.email,
        item.role.name,
        item.status,
        item.lastLoginAt ?? 'never',
      ])
      const more = page.next ? `\nMore: --cursor ${page.next}` : ''
      print(json(), page, table(['USERNAME', 'NAME', 'EMAIL', 'ROLE', 'STATUS', 'LAST LOGIN'], rows) + more)
    })

  const onUser = (
    name: string,
    description: string,
    work: (deps: Deps, actor: Actor, id: string) => Promise<[unknown, string]>,
  ) =>
    user
      .command(`${name} <username>`)
      .description(description)
      .requiredOption('--tenant <slug>', 'the organization')
      .action(async (username: string, { tenant }) => {
        const [value, text] = await inHouse(async (deps) => {
          const actor = await operatorIn(deps, tenant)
          const found = await deps.database.withTenant(actor, (tx) =>
            findUserNamed(tx, actor.tenantId, username.toLowerCase()),
          )
          if (!found) throw new Refused(`There is no user "${username}" in "${tenant}".`)
          return work(deps, actor, found.id)
        })
        print(json(), value, text)
      })

  onUser(
    'reset-password',
    'give a user a temporary password, shown once; ends all of their sessions',
    async (deps, actor, id) => {
      const reset = await resetPassword(deps, actor, id)
      return [
        reset,
        `Temporary password, shown once: ${reset.temporaryPassword}\nIt must be changed at the next sign-in, until ${reset.expiresAt}.`,
      ]
    },
  )
  const asUser = async (changed: Promise<User>): Promise<[unknown, string]> => [await changed, describe(await changed)]
  onUser('enable', 'enable a disabled user', (deps, actor, id) => asUser(enableUser(deps, actor, id)))
  onUser('disable', 'disable a user; ends all of their sessions', (deps, actor, id) =>
    asUser(disableUser(deps, actor, id)),
  )
  onUser('unlock', 'unlock a user after too many failed sign-ins', (deps, actor, id) =>
    asUser(unlockUser(deps, actor, id)),
  )
}

function noRole(name: string): never {
  throw new Refused(`There is no role "${name}" in this tenant.`)
}
