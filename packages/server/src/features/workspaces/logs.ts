import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { EngineError } from '../../engines/port.ts'
import type { Actor } from '../../platform/access/actor.ts'
import { authorizeAny } from '../../platform/access/authorize.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Deps } from '../../platform/deps.ts'
import type { LivePage, LivePages } from '../../platform/http/live-pages.ts'
import { problem } from '../../platform/http/problem.ts'
import { type OpenEngines, refuseUnknownName } from '../engines/index.ts'
import { seen } from './launch.ts'
import { isDown, isMine, maySee } from './present.ts'
import { openAt, ownerAt } from './reach.ts'
import { find } from './store.ts'

const lookEvery = 1_000
const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

type Following = { deps: Deps; engines: OpenEngines; pages: LivePages; session: LiveSession; token: string }

/** What the server of a workspace writes, for its owner and whoever looks after everybody's. Throws `not_found`. */
export async function followLogs(following: Following, actor: Actor, id: string): Promise<Readable> {
  const { deps, pages, session, token } = following
  authorizeAny(actor, ['workspace.view_own', 'workspace.view_all'])
  const row = await deps.database.withTenant(actor, (tx) => seen(tx, actor, id))
  const mayRead = (by: Actor) => isMine(by, row) || by.permissions.has('workspace.manage_all')
  // What somebody runs may stand in there: with whom it is shared, works in it and does not read it from outside.
  if (!mayRead(actor)) return problem('not_found', { detail: 'Its log is for its owner.' })
  const by = (live: LiveSession): Actor => ({ ...actor, permissions: live.permissions })
  const page = pages.follow({
    session,
    token,
    kind: 'logs',
    may: (live) => maySee(by(live), row) && mayRead(by(live)),
  })
  read(following, actor, id, page)
    .catch((error) => deps.log.warn({ err: error }, 'following the log of a workspace failed'))
    .finally(() => page.close())
  return page.stream
}

async function read({ deps, engines }: Following, actor: Actor, id: string, page: LivePage): Promise<void> {
  const { tenantId } = actor
  let said = ''
  const wait = async (reason: string) => {
    if (reason !== said) page.write(event('waiting', { reason }))
    said = reason
    await delay(lookEvery, undefined, { signal: page.closed }).catch(() => {})
  }
  const look = () => deps.database.withTenant({ tenantId }, (tx) => find(tx, actor, id))
  while (!page.closed.aborted) {
    const row = await look()
    if (!row || isDown(row.state)) break
    if (row.state === 'queued') {
      await wait(row.reason ?? 'It has not started yet.')
      continue
    }
    try {
      const { engine, scope, kind } = await openAt(deps, engines, tenantId, row.engine_id)
      if (!engine.workspaces) break
      const owner = await deps.database.withTenant({ tenantId }, async (tx) => {
        await refuseUnknownName(tx, { tenantId, engineId: row.engine_id, userId: row.owner_id, kind })
        return ownerAt(tx, tenantId, row.owner_id, kind)
      })
      const spec = { ...row.spec, name: row.native, volume: null, secret: '' }
      for await (const text of engine.workspaces.logs(scope, owner, spec, row.handle, page.closed)) {
        await page.ready()
        page.write(event('output', { text }))
      }
      await wait('It has written nothing more.')
    } catch (error) {
      if (page.closed.aborted) return
      if (!(error instanceof EngineError)) throw error
      await wait(error.kind === 'not_found' ? 'It has written nothing yet.' : error.message)
    }
  }
  page.write(event('end', {}))
}
