import { createHash } from 'node:crypto'
import type { ReadJob, ReadResource, Share } from '../../engines/port.ts'
import type { Database } from '../../platform/database/database.ts'
import * as store from './store.ts'
import { isRunning, summarize } from './summary.ts'

type Hashes = Map<string, string>
/** `ids`: those that were worked out; `share`: the reading all of it is of. */
export type Kept = { resources: Hashes; jobs: Hashes; summary: string; ids?: Map<string, string>; share?: Share }
type Where = { tenantId: string; engineId: string; prefix: string }

const hashOf = (doc: unknown): string => JSON.stringify(doc)

/** The id under which a resource or job is known here: the same for as long as the engine calls it the same. */
export function idAt({ tenantId, engineId }: Where, kind: string, nativeId: string): string {
  const bytes = createHash('sha256').update([tenantId, engineId, kind, nativeId].join('\0')).digest().subarray(0, 16)
  // A UUID of version 8 (RFC 9562 5.8).
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** What is stored of a tenant's share, as `keepShare` compares with it. */
export const recallShare = (database: Database, where: Where): Promise<Kept> =>
  database.readAtOnce(where, async (tx) => {
    const [resources, jobs] = await Promise.all([
      store.readResources(tx, where.tenantId, where.engineId),
      store.readJobs(tx, where.tenantId, where.engineId),
    ])
    const hashed = (rows: { id: string; doc: unknown }[]) =>
      new Map(rows.map(({ id, doc }) => [id, `stored ${hashOf(doc)}`]))
    return { resources: hashed(resources), jobs: hashed(jobs), summary: '' }
  })

/** Stores what of a share is new, changed or gone, and tells all replicas. Answers what is stored now. */
export async function keepShare(database: Database, where: Where, share: Share, kept: Kept): Promise<Kept> {
  if (share === kept.share) return kept
  const ids = new Map<string, string>()
  const idOf = (kind: string, nativeId: string): string => {
    const key = `${kind}\0${nativeId}`
    const id = kept.ids?.get(key) ?? ids.get(key) ?? idAt(where, kind, nativeId)
    ids.set(key, id)
    return id
  }
  const resources = new Map(share.resources.map((resource) => [idOf(resource.kind, resource.nativeId), resource]))
  const jobs = new Map((share.jobs ?? []).map((job) => [idOf('job', job.nativeId), presentJob(job, where.prefix)]))
  const summary = summarize(share.resources, share.jobs, (resource) => idOf(resource.kind, resource.nativeId))
  const hashes = { resources: hashesOf(resources), jobs: hashesOf(jobs), summary: hashOf(summary) }
  const next: Kept = { ...hashes, ids, share }
  const changes = { resources: compare(kept.resources, next.resources), jobs: compare(kept.jobs, next.jobs) }
  const resourcesChanged = changes.resources.changed.length + changes.resources.gone.length > 0
  const jobsChanged = changes.jobs.changed.length + changes.jobs.gone.length > 0
  if (!resourcesChanged && !jobsChanged && next.summary === kept.summary) return next

  const { tenantId, engineId } = where
  await database.withTenant({ tenantId }, async (tx) => {
    const written = changes.resources.changed.flatMap((id) => {
      const doc = resources.get(id)
      return doc ? [{ id, kind: doc.kind, nativeId: doc.nativeId, gpus: wholeGpus(doc), doc }] : []
    })
    await store.putResources(tx, tenantId, engineId, written)
    await store.removeGone(tx, 'resources', tenantId, changes.resources.gone)
    const writtenJobs = changes.jobs.changed.flatMap((id) => {
      const doc = jobs.get(id)
      return doc ? [{ id, owner: doc.owner, rank: rankOf(doc), doc }] : []
    })
    await store.putJobs(tx, tenantId, engineId, writtenJobs)
    await store.removeGone(tx, 'engine_jobs', tenantId, changes.jobs.gone)
    await store.putSummary(tx, tenantId, engineId, summary)
    await store.tellChange(tx, { tenant: tenantId, jobs: jobsChanged })
  })
  return next
}

const hashesOf = (docs: Map<string, unknown>): Hashes => new Map([...docs].map(([id, doc]) => [id, hashOf(doc)]))

function compare(before: Hashes, after: Hashes): { changed: string[]; gone: string[] } {
  return {
    changed: [...after].filter(([id, hash]) => before.get(id) !== hash).map(([id]) => id),
    gone: [...before.keys()].filter((id) => !after.has(id)),
  }
}

const wholeGpus = ({ gpus }: ReadResource): number =>
  gpus.reduce((sum, { profile, total }) => sum + (profile === null ? total : 0), 0)

const rankOf = ({ state }: Pick<ReadJob, 'state'>): number => (isRunning(state) ? 0 : state === 'pending' ? 1 : 2)

/** With the owner's name as it is here. */
const presentJob = (job: ReadJob, prefix: string) => ({
  ...job,
  owner: job.owner.startsWith(prefix) ? job.owner.slice(prefix.length) : job.owner,
})
