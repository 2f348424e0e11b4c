import type { Compilable } from 'kysely'
import type { PoolClient } from 'pg'
import { nameOf } from './prepare.ts'

/** Whose rights changed: one user's, or everybody's in a tenant. */
export type Revocation = { user: string } | { tenant: string }

declare const brand: unique symbol

/**
 * One open transaction. Stores take this and nothing else, so that no query can run outside of a tenant's wall.
 * A write without an audit entry is refused at commit; `bookkeeping` is for writes that record nothing a person did.
 */
export class Tx {
  declare readonly [brand]: 'transaction'
  readonly #client: PoolClient
  readonly #entries: object[] = []
  readonly #told: Revocation[] = []
  #unaudited: string | null = null
  /** Of the transaction as a whole: every row it writes carries the same instant. */
  readonly now: Date

  constructor(client: PoolClient, now: Date) {
    this.#client = client
    this.now = now
  }

  /** Every row of a query. Errors: those of PostgreSQL, as pg throws them. */
  async many<Row>(query: Compilable<Row>): Promise<Row[]> {
    return (await this.#run(query, true)).rows
  }

  async first<Row>(query: Compilable<Row>): Promise<Row | undefined> {
    return (await this.#run(query, true)).rows[0]
  }

  /** Runs a write and answers how many rows it changed. */
  async run(query: Compilable<unknown>): Promise<number> {
    return (await this.#run(query, true)).rowCount ?? 0
  }

  /** A write as text with its values apart, where the builder has no word for it. */
  async write(text: string, values: unknown[]): Promise<number> {
    this.#unaudited ??= text.slice(0, 80)
    return (await this.#client.query(text, values)).rowCount ?? 0
  }

  /** A write that needs no audit entry: what was last seen, counters, expired things. */
  async bookkeeping(query: Compilable<unknown>): Promise<number> {
    return (await this.#run(query, false)).rowCount ?? 0
  }

  /**
   * Text of one statement with parameters, where the builder has no word for it. Reads only. With a name the connection
   * keeps it prepared: for what has one good plan whatever the values.
   */
  async read<Row extends object>(text: string, values: unknown[], name?: string): Promise<Row[]> {
    return (await this.#client.query({ name, text, values })).rows as Row[]
  }

  /** Whether something has been done that goes on the record. */
  get records(): boolean {
    return this.#entries.length > 0
  }

  /** Puts an entry on the chain at commit. Use `audit` of platform/audit, which knows the actor. */
  append(entry: object): void {
    this.#entries.push(entry)
  }

  /** Tells every replica, when this is committed, whose rights it changed. Use `revoke` of platform/access. */
  tell(revocation: Revocation): void {
    this.#told.push(revocation)
  }

  /** What was told: this process hears of it before the caller goes on. */
  get told(): readonly Revocation[] {
    return this.#told
  }

  /** Sends the audit entries and what was told, and checks that no write goes unrecorded. Called by the database only. */
  async close(): Promise<void> {
    if (this.#unaudited !== null && this.#entries.length === 0) {
      throw new Error(`a write without its audit entry: ${this.#unaudited}`)
    }
    if (this.#entries.length === 0 && this.#told.length === 0) return
    const told = new Set(this.#told.map((revocation) => JSON.stringify(revocation)))
    await this.#client.query({
      name: 'record',
      text: recordAndTell,
      values: [JSON.stringify(this.#entries), [...told]],
    })
  }

  async #run<Row>(query: Compilable<Row>, audited: boolean): Promise<{ rows: Row[]; rowCount: number | null }> {
    const compiled = query.compile()
    const { sql: text, parameters, query: node } = compiled
    if (audited && writes.has(node.kind)) this.#unaudited ??= text.slice(0, 80)
    const values = parameters as unknown[]
    const { rows, rowCount } = await this.#client.query({ name: nameOf(compiled), text, values })
    return { rows: rows as Row[], rowCount }
  }
}

export const revocationChannel = 'tenantry_rights'
const recordAndTell = `select append_audit($1), (select count(pg_notify('${revocationChannel}', told)) from unnest($2::text[]) told)`
const writes = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])
