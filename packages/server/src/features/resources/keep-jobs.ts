import type { ReadJob } from '../../engines/port.ts'
import type { Database } from '../../platform/database/database.ts'
import type { JobDoc } from '../../platform/database/schema.ts'
import type { Tx } from '../../platform/database/tx.ts'
import { type Hashes, idAt, type Where } from './ids.ts'
import { hashOfJob, headRow, jobRow, presentJob, rankOf } from './job-rules.ts'
import * as store from './job-store.ts'
import { tellChange } from './store.ts'

type IdOf = (kind: string, nativeId: string) => string
type Read = { hash: string; doc: JobDoc; owner: string | null }

/** Others are served between so many jobs: there may be tens of thousands. */
const atOnce = 500
const breath = () => new Promise<void>((done) => setImmediate(done))

/** A job of the last reading, with what was worked out for it. By what the engine calls it. */
export type Digested = Map<string, { id: string; hash: string; job: ReadJob }>

/** Whether two readings of one job say the same: far cheaper than to write both out. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  // Walked by index: `for in` over an array costs many times as much.
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let index = 0; index < a.length; index += 1) if (!same(a[index], b[index])) return false
    return true
  }
  for (const key in a) if (!same(a[key as never], b[key as never])) return false
  return true
}

/** The hashes of what was read, and of what differs from `before` everything. `last` is the reading before this one. */
export async function digestJobs(
  jobs: readonly ReadJob[],
  { prefix }: Where,
  idOf: IdOf,
  before: Hashes,
  last: Digested = new Map(),
): Promise<{ digested: Digested; hashes: Hashes; changed: Map<string, Read>; gone: string[] }> {
  const digested: Digested = new Map()
  const hashes: Hashes = new Map()
  const changed = new Map<string, Read>()
  for (const [index, job] of jobs.entries()) {
    if (index % atOnce === atOnce - 1) await breath()
    const known = last.get(job.nativeId)
    if (known && same(known.job, job)) {
      digested.set(job.nativeId, known)
      hashes.set(known.id, known.hash)
      continue
    }
    const id = known?.id ?? idOf('job', job.nativeId)
    const { doc, owner } = presentJob(job, prefix)
    const hash = hashOfJob(doc)
    digested.set(job.nativeId, { id, hash, job })
    hashes.set(id, hash)
    if (before.get(id) !== hash) changed.set(id, { hash, doc, owner })
  }
  return { digested, hashes, changed, gone: [...before.keys()].filter((id) => !hashes.has(id)) }
}

/** Stores jobs that changed, marks those that are gone, and brings the arrays they are of up to date. */
export async function putChanges(
  tx: Tx,
  where: Where,
  idOf: IdOf,
  { changed, gone }: { changed: Map<string, Read>; gone: string[] },
): Promise<void> {
  const arrays = new Set<string>()
  const waiting = new Map<string, Read>()
  const rows: store.JobRow[] = []
  for (const [id, { hash, doc, owner }] of changed) {
    const arrayId = doc.array === null ? null : idOf('job', doc.array.native)
    if (arrayId !== null) arrays.add(arrayId)
    if (arrayId !== null && doc.array?.task === null) waiting.set(arrayId, { hash, doc, owner })
    else rows.push(jobRow({ id, arrayId, hash, doc, owner, seen: tx.now }))
  }
  await store.putJobs(tx, where, rows)
  for (const id of await store.missJobs(tx, where, gone)) arrays.add(id)
  await putArrays(tx, where, [...arrays], waiting, new Set(gone))
}

/** Arrays that were changed are looked at so many at once. */
const arraysAtOnce = 1_000

async function putArrays(
  tx: Tx,
  where: store.JobsAt,
  all: string[],
  waiting: Map<string, Read>,
  gone: Set<string>,
): Promise<void> {
  for (let from = 0; from < all.length; from += arraysAtOnce) {
    const ids = all.slice(from, from + arraysAtOnce)
    const { groups, samples, heads } = await store.readArrays(tx, where, ids)
    const groupsOf = new Map<string, store.TaskGroup[]>()
    for (const group of groups) groupsOf.set(group.id, [...(groupsOf.get(group.id) ?? []), group])
    const sampleOf = new Map(samples.map((sample) => [sample.id, sample]))
    const storedOf = new Map(heads.map((head) => [head.id, head]))
    const rows = ids.flatMap((id) => {
      const [read, sample, stored] = [waiting.get(id), sampleOf.get(id), storedOf.get(id)]
      const mine = groupsOf.get(id) ?? []
      const row = headRow({
        id,
        hash: read?.hash ?? (gone.has(id) ? '' : stored && mine.length === 0 ? stored.hash : (stored?.hash ?? '')),
        waiting: read?.doc ?? (stored && !hasBegun(stored, gone.has(id), mine.length > 0) ? stored.waiting : null),
        groups: mine,
        sample,
        stored,
        owner: (read ?? sample ?? stored)?.owner ?? null,
        seen: tx.now,
      })
      return row ? [row] : []
    })
    await store.putHeads(tx, where, rows)
  }
}

/** Whether what waited has begun: the engine lists it no longer, or only its tasks. What of it had ended stays counted. */
const hasBegun = ({ waiting, hash }: store.StoredHead, gone: boolean, tasks: boolean): boolean =>
  waiting !== null && rankOf(waiting.state) < 2 && (gone || (hash === null && tasks))

/** Counts tasks of arrays anew, where something else than a reading changed them. */
export const recountArrays = (tx: Tx, where: store.JobsAt, ids: string[]): Promise<void> =>
  putArrays(tx, where, ids, new Map(), new Set())

/**
 * Stores the ends of jobs as accounting tells them: of those whose end is not known, or that were never seen. What the
 * engine lists itself (`listed`) it knows better. Answers how many were stored.
 */
export async function keepEnds(
  database: Database,
  where: Where,
  jobs: readonly ReadJob[],
  listed: Hashes,
): Promise<number> {
  const idOf: IdOf = (kind, nativeId) => idAt(where, kind, nativeId)
  const over = jobs.filter(({ state }) => rankOf(state) === 2)
  const { changed } = await digestJobs(over, where, idOf, new Map())
  for (const id of changed.keys()) if (listed.has(id)) changed.delete(id)
  if (changed.size === 0) return 0
  return database.withTenant(where, async (tx) => {
    for (const { id, hash, ended } of await store.readEnds(tx, where, [...changed.keys()])) {
      if (ended || hash === changed.get(id)?.hash) changed.delete(id)
    }
    if (changed.size === 0) return 0
    await putChanges(tx, where, idOf, { changed, gone: [] })
    await tellChange(tx, { tenant: where.tenantId, jobs: true })
    return changed.size
  })
}
