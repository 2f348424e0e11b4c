import type { Readable } from 'node:stream'
import type { Card, Permission, ResourceKind } from '@tenantry/contract'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Connection, Database } from '../../platform/database/database.ts'
import { listen } from '../../platform/database/listen.ts'
import { type LivePage, type LivePages, tenantOf } from '../../platform/http/live-pages.ts'
import { type Change, changeChannel } from '../resources/index.ts'
import { cardsOf, kindsFor, overviewFor } from './rules.ts'
import { shares } from './store.ts'

const second = 1000
/** The first change of a tenant is told at once, those right after it together. Milliseconds. */
const toldEvery = 100
/** When nothing changes, the time of the reading is told this often. */
const ageToldEvery = 5 * second
/** Whoever does not read falls behind; they begin anew. Bytes. */
const mostUnread = 1024 * 1024

type Page = { live: LivePage; view: string; sent: string }

export type DashboardEvents = {
  /** What one page hears until its session ends. Throws `too_many_requests` for a session with too many pages. */
  follow(session: LiveSession, token: string): Readable
  pages(): number
  close(): Promise<void>
}

/**
 * Tells open pages what changes. However many pages of a tenant are open, its overview is read once for all of them, and
 * written out once for each set of kinds that somebody may see.
 */
export function openDashboardEvents(database: Database, connection: Connection, live: LivePages): DashboardEvents {
  const byTenant = new Map<string, Set<Page>>()
  const due = new Map<string, NodeJS.Timeout>()
  const jobsChanged = new Set<string>()
  const toldAt = new Map<string, number>()

  const forget = (tenantId: string, page: Page) => {
    const pages = byTenant.get(tenantId)
    pages?.delete(page)
    if (pages?.size !== 0) return
    byTenant.delete(tenantId)
    toldAt.delete(tenantId)
  }

  const write = ({ live: page }: Page, text: string) => {
    if (page.unread() > mostUnread) page.close()
    else page.write(text)
  }

  const viewsOf = async (tenantId: string): Promise<(view: string) => string> => {
    const rows = await database.readAtOnce({ tenantId }, (tx) => shares(tx, tenantId))
    const cards = cardsOf(rows, database.now())
    const written = new Map<string, string>()
    return (view) => {
      const known = written.get(view)
      if (known !== undefined) return known
      const text = eventOf(cards, view)
      written.set(view, text)
      return text
    }
  }

  const tell = async (tenantId: string) => {
    due.delete(tenantId)
    const pages = byTenant.get(tenantId)
    const jobs = jobsChanged.delete(tenantId)
    if (!pages) return
    const textFor = await viewsOf(tenantId)
    for (const page of pages) {
      const text = textFor(page.view)
      if (text !== page.sent) write(page, text)
      page.sent = text
      if (jobs) write(page, 'event: jobs\ndata: {}\n\n')
    }
  }

  const tellWorkspaces = (tenantId: string) => {
    for (const page of byTenant.get(tenantId) ?? []) write(page, 'event: workspaces\ndata: {}\n\n')
  }

  const tellSoon = (tenantId: string) => {
    if (!byTenant.has(tenantId) || due.has(tenantId)) return
    const wait = (toldAt.get(tenantId) ?? 0) + toldEvery - performance.now()
    const timer = setTimeout(
      () => {
        toldAt.set(tenantId, performance.now())
        // Where it fails the next round tells it; meanwhile a page says itself how old what it shows is.
        tell(tenantId).catch(() => {})
      },
      Math.max(0, wait),
    )
    due.set(tenantId, timer)
  }
  const tellAllSoon = () => {
    for (const tenantId of byTenant.keys()) tellSoon(tenantId)
  }

  const listening = listen(
    connection,
    changeChannel,
    (payload) => {
      const change = JSON.parse(payload) as Change
      if ('engine' in change) return tellAllSoon()
      if (change.workspaces) return tellWorkspaces(change.tenant)
      if (change.jobs) jobsChanged.add(change.tenant)
      tellSoon(change.tenant)
    },
    tellAllSoon,
  )

  const aging = setInterval(tellAllSoon, ageToldEvery)
  aging.unref()

  return {
    follow(session, token) {
      const tenantId = tenantOf(session)
      const onRights = () => {
        page.view = viewOf(opened.session().permissions)
        tellSoon(tenantId)
      }
      const opened = live.follow({ session, token, kind: 'dashboard', onRights })
      const page: Page = { live: opened, view: viewOf(session.permissions), sent: '' }
      byTenant.set(tenantId, (byTenant.get(tenantId) ?? new Set<Page>()).add(page))
      opened.closed.addEventListener('abort', () => forget(tenantId, page))
      viewsOf(tenantId).then(
        (textFor) => {
          page.sent = textFor(page.view)
          write(page, page.sent)
        },
        () => opened.close(),
      )
      return opened.stream
    },
    pages: () => [...byTenant.values()].reduce((sum, { size }) => sum + size, 0),
    async close() {
      clearInterval(aging)
      for (const timer of due.values()) clearTimeout(timer)
      await listening.close()
    },
  }
}

const viewOf = (permissions: ReadonlySet<Permission>): string => kindsFor(permissions).join(' ')
const eventOf = (cards: Card[], view: string): string =>
  `event: overview\ndata: ${JSON.stringify(overviewFor(cards, view.split(' ') as ResourceKind[]))}\n\n`
