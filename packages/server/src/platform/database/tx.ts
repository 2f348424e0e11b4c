import type { Compilable } from 'kysely'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import { holdUntilTurnEnds } from './pipeline.ts'
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
  #ended = false
  #underWay = 0
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

  /** A write as text with its values apart, where the builder has no word for it. With a name it is kept prepared. */
  async write(text: string, values: unknown[], name?: string): Promise<number> {
    return (await this.#write({ name, text, values })).rowCount ?? 0
  }

  /** A write that needs no audit entry: what was last seen, counters, expired things. */
  async bookkeeping(query: Compilable<unknown>): Promise<number> {
    return (await this.#run(query, false)).rowCount ?? 0
  }

  /** The same, with the rows that it returns. */
  async counted<Row>(query: Compilable<Row>): Promise<Row[]> {
    return (await this.#run(query, false)).rows
  }

  /**
   * Text of one statement with parameters, where the builder has no word for it. Reads only. With a name the connection
   * keeps it prepared: for what has one good plan whatever the values.
   */
  async read<Row extends object>(text: string, values: unknown[], name?: string): Promise<Row[]> {
    return (await this.#send({ name, text, values })).rows as Row[]
  }

  /** Whether something has been done that goes on the record. */
  get records(): boolean {
    return this.#entries.length > 0
  }

  /** Puts an entry on the record at commit. Use `audit` of platform/audit, which knows the actor. */
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

  /** Checks that no write goes unrecorded, at once, and sends the audit entries and what was told. Called by the database only. */
  close({ tell }: { tell: boolean }): Promise<unknown> {
    if (this.#underWay > 0) throw new Error('a write was not waited for')
    if (this.#unaudited !== null && this.#entries.length === 0) {
      throw new Error(`a write without its audit entry: ${this.#unaudited}`)
    }
    const told = new Set(tell ? this.#told.map((revocation) => JSON.stringify(revocation)) : [])
    const sent: Promise<unknown>[] = []
    const [first, ...others] = this.#entries
    if (first && others.length === 0) {
      sent.push(this.#send({ name: 'record one', text: recordOne, values: [JSON.stringify(first)] }))
    } else if (first)
      sent.push(this.#send({ name: 'record', text: recordAll, values: [JSON.stringify(this.#entries)] }))
    if (told.size > 0) sent.push(this.#send({ name: 'tell', text: tellAll, values: [[...told]] }))
    return Promise.all(sent)
  }

  /** Nothing more may be asked. Called by the database only. */
  end(): void {
    this.#ended = true
  }

  /** A write that changed nothing needs no entry. */
  async #write(statement: QueryConfig): Promise<QueryResult> {
    this.#underWay += 1
    const result = await this.#send(statement)
    this.#underWay -= 1
    if (result.rowCount !== 0) this.#unaudited ??= statement.text.slice(0, 80)
    return result
  }

  #send(statement: QueryConfig): Promise<QueryResult> {
    if (this.#ended) throw new Error('the transaction is over: what depends on an answer cannot be read at once')
    holdUntilTurnEnds(this.#client)
    return this.#client.query(statement)
  }

  async #run<Row>(query: Compilable<Row>, audited: boolean): Promise<{ rows: Row[]; rowCount: number | null }> {
    const compiled = query.compile()
    const { sql: text, parameters, query: node } = compiled
    const statement = { name: nameOf(compiled), text, values: parameters as unknown[] }
    const recorded = audited && writes.has(node.kind)
    const { rows, rowCount } = await (recorded ? this.#write(statement) : this.#send(statement))
    return { rows: rows as Row[], rowCount }
  }
}

export const revocationChannel = 'tenantry_rights'
// Of one entry, as nearly all are: for the planner and the executor the least there is to do.
const recordOne = `insert into audit_pending (tenant_id, id, at, entry) values
  (current_setting('tenantry.tenant')::uuid, ($1::jsonb ->> 'id')::uuid, ($1::jsonb ->> 'at')::timestamptz, $1::jsonb)`
const recordAll = `insert into audit_pending (tenant_id, id, at, entry)
  select current_tenant(), (entry ->> 'id')::uuid, (entry ->> 'at')::timestamptz, entry from jsonb_array_elements($1::jsonb) entry`
const tellAll = `select count(pg_notify('${revocationChannel}', told)) from unnest($1::text[]) told`
const writes = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])
