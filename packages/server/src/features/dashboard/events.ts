import { Readable } from 'node:stream'
import type { Card, Permission, ResourceKind } from '@tenantry/contract'
import type { SessionCache } from '../../platform/access/session-cache.ts'
import type { LiveSession } from '../../platform/access/sessions.ts'
import type { Connection, Database } from '../../platform/database/database.ts'
import { listen } from '../../platform/database/listen.ts'
import { problem } from '../../platform/http/problem.ts'
import { type Change, changeChannel } from '../resources/index.ts'
import { cardsOf, kindsFor, overviewFor } from './rules.ts'
import { shares } from './store.ts'

const second = 1000
/** The first change of a tenant is told at once, those right after it together. Milliseconds. */
const toldEvery = 100
/** When nothing changes, the time of the reading is told this often. */
const ageToldEvery = 5 * second
const aliveEvery = 15 * second
const mostPerSession = 20
/** Whoever does not read falls behind; they begin anew. Bytes. */
const mostUnread = 1024 * 1024

type Page = { stream: Readable; token: string; session: LiveSession; tenantId: string; view: string; sent: string }

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
export function openDashboardEvents(
  database: Database,
  connection: Connection,
  sessions: SessionCache,
): DashboardEvents {
  const byTenant = new Map<string, Set<Page>>()
  const due = new Map<string, NodeJS.Timeout>()
  const jobsChanged = new Set<string>()
  const toldAt = new Map<string, number>()

  const close = (page: Page) => {
    const pages = byTenant.get(page.tenantId)
    pages?.delete(page)
    if (pages?.size === 0) {
      byTenant.delete(page.tenantId)
      toldAt.delete(page.tenantId)
    }
    page.stream.push(null)
  }

  const write = (page: Page, text: string) => {
    if (page.stream.readableLength > mostUnread) close(page)
    else page.stream.push(text)
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

  const lookAgain = async (page: Page) => {
    const session = await sessions.get(page.token).catch(() => null)
    if (session === null || tenantOf(session) !== page.tenantId) return close(page)
    page.session = session
    page.view = viewOf(session.permissions)
    tellSoon(page.tenantId)
  }
  sessions.onHeard((revocation) => {
    for (const pages of byTenant.values()) {
      for (const page of pages) {
        const { session } = page
        const concerned =
          revocation === null ||
          ('user' in revocation
            ? revocation.user === session.user.id
            : [session.tenant.id, session.visited?.id].includes(revocation.tenant))
        if (concerned) void lookAgain(page)
      }
    }
  })

  const aging = setInterval(tellAllSoon, ageToldEvery)
  const alive = setInterval(() => {
    const now = database.now().getTime()
    for (const page of [...byTenant.values()].flatMap((pages) => [...pages])) {
      // An open page is no use of a session: it ends when it would have without.
      const { expiresAt, lastSeenAt, idle } = page.session
      if (now >= expiresAt || now >= lastSeenAt + idle) close(page)
      else write(page, ': \n\n')
    }
  }, aliveEvery)
  aging.unref()
  alive.unref()

  return {
    follow(session, token) {
      const tenantId = tenantOf(session)
      const pages = byTenant.get(tenantId) ?? new Set<Page>()
      const own = [...pages].filter((page) => page.session.id === session.id)
      if (own.length >= mostPerSession) problem('too_many_requests', { retryAfter: 5 })
      const page: Page = {
        stream: new Readable({ read() {} }),
        token,
        session,
        tenantId,
        view: viewOf(session.permissions),
        sent: '',
      }
      byTenant.set(tenantId, pages.add(page))
      page.stream.on('close', () => close(page))
      write(page, 'retry: 1000\n\n')
      viewsOf(tenantId).then(
        (textFor) => {
          page.sent = textFor(page.view)
          write(page, page.sent)
        },
        () => close(page),
      )
      return page.stream
    },
    pages: () => [...byTenant.values()].reduce((sum, { size }) => sum + size, 0),
    async close() {
      clearInterval(aging)
      clearInterval(alive)
      for (const timer of due.values()) clearTimeout(timer)
      for (const page of [...byTenant.values()].flatMap((pages) => [...pages])) close(page)
      await listening.close()
    },
  }
}

const tenantOf = (session: LiveSession): string => session.visited?.id ?? session.tenant.id
const viewOf = (permissions: ReadonlySet<Permission>): string => kindsFor(permissions).join(' ')
const eventOf = (cards: Card[], view: string): string =>
  `event: overview\ndata: ${JSON.stringify(overviewFor(cards, view.split(' ') as ResourceKind[]))}\n\n`
