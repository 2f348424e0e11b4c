import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { ModelDoc } from '../../platform/database/schema.ts'
import type { Deps } from '../../platform/deps.ts'
import { type Endpoint, openEndpoint, unsealCredential } from './endpoint.ts'
import { list, type ModelRow } from './store.ts'

/** A published model, ready to be asked. */
export type OpenModel = ModelDoc & {
  id: string
  name: string
  enabled: boolean
  publishedAt: Date
  /** What it is called at its endpoint. */
  upstream: string
  /** Errors: `EngineError` where its credential cannot be read. */
  endpoint(): Endpoint
}

/** The models of every tenant, as they are published now. */
export type Shelf = {
  /** In order of title, those among them that are not enabled as well. */
  of(tenantId: string): Promise<readonly OpenModel[]>
  close(): void
}

type Kept = { model: OpenModel; version: number; close(): void }
type Row = { models: readonly OpenModel[]; until: number }

const longestStay = 30_000

/**
 * Remembers models between requests as sessions are remembered: forgotten before a change is answered, not kept where one
 * came in meanwhile, not used where word of one may be missing.
 */
export function openShelf(deps: Deps, sessions: SessionCache): Shelf {
  const rows = new Map<string, Row>()
  const kept = new Map<string, Kept>()
  let heard = 0
  sessions.onHeard((revocation) => {
    if (revocation !== null && 'user' in revocation) return
    heard += 1
    if (revocation === null) rows.clear()
    else rows.delete(revocation.tenant)
  })

  const openOnce = (tenantId: string, row: ModelRow): OpenModel => {
    const key = `${tenantId} ${row.id}`
    const known = kept.get(key)
    if (known?.version === row.version) return known.model
    // What it answers just now goes on as it was asked; its connections close when they are not used.
    const next = openModel(deps, row)
    kept.set(key, { ...next, version: row.version })
    return next.model
  }

  return {
    async of(tenantId) {
      const found = rows.get(tenantId)
      const now = Date.now()
      if (found && found.until > now && sessions.listening()) return found.models
      const before = heard
      const read = await deps.database.readAtOnce({ tenantId }, (tx) => list(tx, tenantId))
      const models = read.map((row) => openOnce(tenantId, row))
      if (before === heard && sessions.listening()) rows.set(tenantId, { models, until: now + longestStay })
      return models
    },
    close() {
      for (const { close } of kept.values()) close()
      kept.clear()
      rows.clear()
    },
  }
}

function openModel(deps: Deps, row: ModelRow) {
  const { id, name, doc, enabled, upstream, address, ca, credential, created_at: publishedAt } = row
  let opened: Endpoint | null = null
  const endpoint = () => {
    opened ??= openEndpoint(deps, { address, ca, credential: unsealCredential(deps, id, credential) })
    return opened
  }
  return { model: { ...doc, id, name, enabled, publishedAt, upstream, endpoint }, close: () => opened?.http.close() }
}
