import type { ReadResource, Share } from '../../engines/port.ts'
import type { Database } from '../../platform/database/database.ts'
import { type Hashes, idAt, type Where } from './ids.ts'
import { recallJobs } from './job-store.ts'
import { type Digested, digestJobs, putChanges } from './keep-jobs.ts'
import * as store from './store.ts'
import { summarize } from './summary.ts'

/** `ids`: those that were worked out; `share`: the reading all of it is of; `missed`: how many jobs it no longer had. */
export type Kept = {
  resources: Hashes
  jobs: Hashes
  summary: string
  ids?: Map<string, string>
  share?: Share
  digested?: Digested
  missed?: number
}

const hashOf = (doc: unknown): string => JSON.stringify(doc)

/** What is stored of a tenant's share, as `keepShare` compares with it. */
export const recallShare = (database: Database, where: Where): Promise<Kept> =>
  database.readAtOnce(where, async (tx) => {
    const [resources, jobs] = await Promise.all([
      store.readResources(tx, where.tenantId, where.engineId),
      recallJobs(tx, where),
    ])
    return {
      resources: new Map(resources.map(({ id, doc }) => [id, `stored ${hashOf(doc)}`])),
      jobs: new Map(jobs.map(({ id, hash }) => [id, hash])),
      summary: '',
    }
  })

/** Stores what of a share is new, changed or gone, and tells all replicas. Answers what is stored now. */
export async function keepShare(database: Database, where: Where, share: Share, kept: Kept): Promise<Kept> {
  if (share === kept.share) return { ...kept, missed: 0 }
  const ids = new Map<string, string>()
  const idOf = (kind: string, nativeId: string): string => {
    const key = `${kind}\0${nativeId}`
    const id = kept.ids?.get(key) ?? ids.get(key) ?? idAt(where, kind, nativeId)
    ids.set(key, id)
    return id
  }
  const resources = new Map(share.resources.map((resource) => [idOf(resource.kind, resource.nativeId), resource]))
  const jobs = await digestJobs(share.jobs ?? [], where, idOf, kept.jobs, kept.digested)
  const summary = summarize(share.resources, share.jobs, (resource) => idOf(resource.kind, resource.nativeId))
  const missed = jobs.gone.length
  const next: Kept = {
    resources: hashesOf(resources),
    jobs: jobs.hashes,
    summary: hashOf(summary),
    ids,
    share,
    digested: jobs.digested,
    missed,
  }
  const changes = compare(kept.resources, next.resources)
  const resourcesChanged = changes.changed.length + changes.gone.length > 0
  const jobsChanged = jobs.changed.size + jobs.gone.length > 0
  if (!resourcesChanged && !jobsChanged && next.summary === kept.summary) return next

  const { tenantId, engineId } = where
  await database.withTenant({ tenantId }, async (tx) => {
    const written = changes.changed.flatMap((id) => {
      const doc = resources.get(id)
      return doc ? [{ id, kind: doc.kind, nativeId: doc.nativeId, gpus: wholeGpus(doc), doc }] : []
    })
    await store.putResources(tx, tenantId, engineId, written)
    await store.removeGone(tx, tenantId, changes.gone)
    if (jobsChanged) await putChanges(tx, where, idOf, jobs)
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
