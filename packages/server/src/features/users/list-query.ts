import type { listUsers as listUsersRoute, QueryOf } from '@tenantry/contract'
import type { Term } from '../../platform/database/search-words.ts'

export type Filter = Pick<QueryOf<typeof listUsersRoute>, 'q' | 'role' | 'status'>

/**
 * One statement of the list, as text with its values apart: built for every page that is asked for, where the builder
 * would take longer than PostgreSQL. Nothing that a visitor sent ever gets into the text: `value` puts a number there.
 */
export class ListQuery {
  readonly values: unknown[] = []
  readonly #conditions: string[] = []
  readonly tenant: string

  constructor(tenantId: string) {
    this.tenant = this.value(tenantId)
    this.where(`u.tenant_id = ${this.tenant}`)
  }

  value(value: unknown): string {
    return `$${this.values.push(value)}`
  }

  where(condition: string): this {
    this.#conditions.push(condition)
    return this
  }

  get conditions(): string {
    return this.#conditions.join(' and ')
  }

  filter({ role, status }: Filter): this {
    if (status === undefined) this.where(`u.status <> 'deleted'`)
    else this.oneOf('u.status', status.split(','), 'text')
    if (role !== undefined) this.oneOf('u.role_id', role.split(','), 'uuid')
    return this
  }

  /** One value is an equality: only then does an index on it keep the order of what follows. */
  oneOf(column: string, values: string[], type: string): this {
    const [only] = values
    if (values.length === 1) return this.where(`${column} = ${this.value(only)}`)
    return this.where(`${column} = any(${this.value(values)}::${type}[])`)
  }

  /**
   * Whoever has every term: looked up among the few words of each row's user. `offset 0` keeps it from becoming a join over
   * all, and the empty text keeps it off the index by word, where a common one is a long way.
   */
  having(terms: Term[]): this {
    for (const term of terms) {
      this.where(`exists (select 1 from user_words has where has.tenant_id = ${this.tenant} and has.user_id = u.id
        and has.word || '' >= ${this.value(term.from)} and has.word || '' < ${this.value(term.below)} offset 0)`)
    }
    return this
  }

  /** Whoever is among the first `most` who have the term: for one that few have. */
  among(term: Term, most: number): this {
    return this.where(`u.id = any (array (select distinct user_id from (select user_id from user_words
      where tenant_id = ${this.tenant} and word >= ${this.value(term.from)} and word < ${this.value(term.below)} limit ${most}) found))`)
  }
}

/** What a row of the list has, and its keys for the cursor. With `first`, those it names are found before anything else. */
export const rowsOf = (
  key: string,
  group: string | null,
  first?: string,
): string => `select u.id, u.username, u.email, u.first_name, u.last_name,
  u.role_id, r.name as role_name, u.role_since, u.must_change_password, u.temporary_until, u.locked_until, u.disabled_at,
  u.deleted_at, u.last_login_at, u.status, u.version, u.created_at, u.updated_at, ${key}::text as key${group ? `, ${group}::text as group_key` : ''}
  from ${first ? `(select * from users u where ${first} offset 0)` : 'users'} u join roles r on r.tenant_id = u.tenant_id and r.id = u.role_id`
