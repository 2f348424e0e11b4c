import { setImmediate as breathe } from 'node:timers/promises'
import { Email, type ImportResult, PersonName, Username } from '@tenantry/contract'
import type { Actor } from '../../platform/access/actor.ts'
import { authorize } from '../../platform/access/authorize.ts'
import { missingFrom, rightsOf } from '../../platform/access/rights.ts'
import { type RoleRow, rolesOf } from '../../platform/access/roles.ts'
import { emailRefusal, ownTenant, temporaryUntil } from '../../platform/access/tenants.ts'
import { audit } from '../../platform/audit/audit.ts'
import { sqlFor } from '../../platform/database/builder.ts'
import type { TenantSettings } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import type { Deps } from '../../platform/deps.ts'
import { newId } from '../../platform/secrets/ids.ts'
import { newToken, sha256 } from '../../platform/secrets/tokens.ts'
import { refreshActor, targetOf } from './change.ts'
import { type CsvRow, type ImportColumn, readCsv } from './csv.ts'
import { setUpUrl } from './set-up-link.ts'
import * as store from './store.ts'

type Row = ImportResult['rows'][number]
type RowError = Row['errors'][number]
type Ready = { line: number; username: string; email: string; firstName: string; lastName: string; role: RoleRow }
type Judged = { row: Row; ready: Ready | null }
const batch = 1_000

/** What importing a file would do, row by row. Changes nothing. */
export async function checkImport(deps: Deps, actor: Actor, csv: string): Promise<ImportResult> {
  authorize(actor, 'user.create')
  const rows: Row[] = []
  const judge = await openJudge(deps, actor, readCsv(csv))
  for await (const judged of judge) rows.push(...judged.map(({ row }) => row))
  return summary(rows)
}

/**
 * Creates the users of a file with set-up links, a thousand in a transaction. A row that cannot be used is reported and
 * left out; one that is there already, just so, is unchanged, so that a file may be imported again.
 */
export async function importUsers(deps: Deps, actor: Actor, csv: string): Promise<ImportResult> {
  authorize(actor, 'user.create')
  const rows: Row[] = []
  const judge = await openJudge(deps, actor, readCsv(csv))
  for await (const judged of judge) {
    const ready = judged.flatMap(({ ready }) => (ready ? [ready] : []))
    const links = ready.length > 0 ? await createAll(deps, actor, ready) : new Map<string, string>()
    rows.push(...judged.map(({ row }) => ({ ...row, setUpLink: links.get(row.username) ?? null })))
  }
  return summary(rows)
}

async function createAll(deps: Deps, actor: Actor, ready: Ready[]): Promise<Map<string, string>> {
  const tokens = new Map(ready.map(({ username }) => [username, newToken(actor.tenantId)]))
  await deps.database.withTenant(actor, async (tx) => {
    const current = await refreshActor(tx, actor)
    authorize(current, 'user.create')
    const { settings } = await ownTenant(tx, actor.tenantId)
    const expiresAt = temporaryUntil(settings, tx.now)
    const users = ready.map(({ role, line: _, ...person }) => ({
      ...person,
      id: newId(),
      roleId: role.id,
      mustChangePassword: true,
      temporaryUntil: expiresAt,
      passwordHash: null,
      oneTimeHash: sha256(tokens.get(person.username) ?? ''),
    }))
    await store.insert(tx, actor.tenantId, users)
    for (const [index, { id, username, email, firstName, lastName }] of users.entries()) {
      const after = { username, email, firstName, lastName, role: ready[index]?.role.name }
      audit(tx, current, 'user.created', {
        target: targetOf({ id, username }),
        details: { after, credential: 'set-up link', by: 'import' },
      })
    }
  })
  return new Map([...tokens].map(([username, token]) => [username, setUpUrl(deps, token)]))
}

/** Judges the rows of a file in batches, each against the file before it and against the users as they are then. */
async function openJudge({ database }: Deps, actor: Actor, csv: CsvRow[]): Promise<AsyncIterable<Judged[]>> {
  const [roles, { settings }] = await database.readAtOnce({ tenantId: actor.tenantId }, (tx) =>
    Promise.all([rolesOf(tx, actor.tenantId), ownTenant(tx, actor.tenantId)]),
  )
  const roleNamed = new Map(roles.map((role) => [role.name.toLowerCase(), role]))
  const seen = { username: new Map<string, number>(), email: new Map<string, number>() }
  return (async function* () {
    for (let start = 0; start < csv.length; start += batch) {
      const part = csv.slice(start, start + batch)
      const there = await database.withTenant({ tenantId: actor.tenantId }, (tx) => findTaken(tx, actor.tenantId, part))
      yield part.map((row) => judgeRow(row, actor, { roleNamed, settings }, seen, there))
      await breathe()
    }
  })()
}

type Taken = Awaited<ReturnType<typeof findTaken>>
type Seen = { username: Map<string, number>; email: Map<string, number> }

function judgeRow(
  { line, fields, broken }: CsvRow,
  actor: Actor,
  { roleNamed, settings }: { roleNamed: Map<string, RoleRow>; settings: TenantSettings },
  seen: Seen,
  taken: Taken,
): Judged {
  const errors: RowError[] = []
  const wrong = (column: ImportColumn, code: string, detail: string) =>
    errors.push({ pointer: `/${column}`, code, detail })
  const read = (column: ImportColumn, schema: typeof PersonName | typeof Username | typeof Email): string => {
    const parsed = schema.safeParse(fields[column])
    if (!parsed.success)
      wrong(
        column,
        fields[column] === '' ? 'required' : 'format',
        fields[column] === '' ? 'is required' : (parsed.error.issues[0]?.message ?? ''),
      )
    return parsed.success ? parsed.data : fields[column]
  }
  const answer = (result: Row['result'], ready: Ready | null = null): Judged => ({
    row: { line, username: fields.username.slice(0, 100), result, errors, setUpLink: null },
    ready,
  })
  if (broken !== null) {
    errors.push({ pointer: '', code: 'columns', detail: broken })
    return answer('error')
  }
  const username = read('username', Username)
  const email = read('email', Email)
  const elsewhere = emailRefusal(settings, email)
  if (elsewhere !== null && errors.every(({ pointer }) => pointer !== '/email'))
    wrong('email', 'email_domain', elsewhere)
  const firstName = read('first_name', PersonName)
  const lastName = read('last_name', PersonName)
  const role = roleNamed.get(fields.role.toLowerCase())
  if (fields.role === '') wrong('role', 'required', 'is required')
  else if (!role?.enabled)
    wrong(
      'role',
      'role_not_available',
      `there is no role “${fields.role.slice(0, 60)}” in this tenant, or it is disabled`,
    )
  else if (missingFrom(actor.permissions, rightsOf(role)).length > 0)
    wrong('role', 'exceeds_your_rights', `you do not hold all that “${role.name}” permits`)

  const [nameKey, emailKey] = [username.toLowerCase(), email.toLowerCase()]
  const sameName = taken.byUsername.get(nameKey)
  if (
    sameName &&
    errors.length === 0 &&
    sameName.email.toLowerCase() === emailKey &&
    sameName.role_id === role?.id &&
    sameName.first_name === firstName &&
    sameName.last_name === lastName &&
    !sameName.deleted_at &&
    !seen.username.has(nameKey)
  ) {
    seen.username.set(nameKey, line)
    seen.email.set(emailKey, line)
    return answer('unchanged')
  }
  const before = (key: 'username' | 'email', value: string) => seen[key].get(value)
  if (before('username', nameKey) !== undefined)
    wrong('username', 'duplicate', `is in line ${before('username', nameKey)} as well`)
  else if (sameName)
    wrong(
      'username',
      'username_taken',
      sameName.deleted_at ? 'belongs to a deleted user' : 'is taken by a user whose data differ',
    )
  if (before('email', emailKey) !== undefined)
    wrong('email', 'duplicate', `is in line ${before('email', emailKey)} as well`)
  else if (taken.emails.has(emailKey) && !sameName) wrong('email', 'email_taken', 'is taken')
  if (nameKey !== '' && !seen.username.has(nameKey)) seen.username.set(nameKey, line)
  if (emailKey !== '' && !seen.email.has(emailKey)) seen.email.set(emailKey, line)
  if (errors.length > 0 || !role) return answer('error')
  return answer('create', { line, username, email, firstName, lastName, role })
}

async function findTaken(tx: Tx, tenantId: string, rows: CsvRow[]) {
  const usernames = rows.map(({ fields }) => fields.username.toLowerCase())
  const emails = rows.map(({ fields }) => fields.email.toLowerCase())
  const users = await tx.many(
    sqlFor
      .selectFrom('users')
      .select(['username', 'email', 'email_key', 'first_name', 'last_name', 'role_id', 'deleted_at'])
      .where('tenant_id', '=', tenantId)
      .where((eb) => eb.or([eb('username', 'in', usernames), eb('email_key', 'in', emails)])),
  )
  return {
    byUsername: new Map(users.map((user) => [user.username, user])),
    emails: new Set(users.map((user) => user.email_key)),
  }
}

function summary(rows: Row[]): ImportResult {
  const count = (result: Row['result']) => rows.filter((row) => row.result === result).length
  return { created: count('create'), unchanged: count('unchanged'), errors: count('error'), rows }
}
