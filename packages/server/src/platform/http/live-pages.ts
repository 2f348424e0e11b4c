import { Readable } from 'node:stream'
import type { SessionCache } from '../access/session-cache.ts'
import type { LiveSession } from '../access/sessions.ts'
import type { Database } from '../database/database.ts'
import { problem } from './problem.ts'

const aliveEvery = 15_000
const mostPerSession = 20

/** The tenant whose page it is: the one somebody of the platform has gone to, else their own. */
export const tenantOf = (session: LiveSession): string => session.visited?.id ?? session.tenant.id

/** A stream of server-sent events to somebody, as long as their session and rights last. */
export type LivePage = {
  readonly stream: Readable
  readonly tenantId: string
  /** As it stands now. */
  session(): LiveSession
  /** Aborted when the page is no longer open, for whichever reason. */
  readonly closed: AbortSignal
  /** Bytes that were written and not yet taken. */
  unread(): number
  write(text: string): void
  /** Resolves when what was written is being taken, or the page is closed. */
  ready(): Promise<void>
  close(): void
}

type Following = {
  session: LiveSession
  token: string
  /** Pages of one kind are counted together: twenty of a session at most. */
  kind: string
  /** Whether the page may go on; asked again whenever rights may have changed. */
  may?: (session: LiveSession) => boolean
  /** Rights may have changed, and it goes on. */
  onRights?: () => void
}

export type LivePages = {
  /** Opens one. Throws `too_many_requests` for a session with too many of the kind. */
  follow(following: Following): LivePage
  close(): void
}

type Open = { page: LivePage; token: string; kind: string; lookAgain(): Promise<void>; beat(now: number): void }

/** Keeps open pages to what their people may see: each ends within a moment of its session or rights ending, and not before. */
export function openLivePages(database: Database, sessions: SessionCache): LivePages {
  const open = new Set<Open>()

  sessions.onHeard((revocation) => {
    for (const { page, lookAgain } of open) {
      const session = page.session()
      const concerned =
        revocation === null ||
        ('user' in revocation
          ? revocation.user === session.user.id
          : [session.tenant.id, session.visited?.id].includes(revocation.tenant))
      if (concerned) void lookAgain()
    }
  })
  const alive = setInterval(() => {
    const now = database.now().getTime()
    for (const one of open) one.beat(now)
  }, aliveEvery)
  alive.unref()

  return {
    follow({ session: first, token, kind, may = () => true, onRights }) {
      const own = [...open].filter((one) => one.kind === kind && one.page.session().id === first.id)
      if (own.length >= mostPerSession) problem('too_many_requests', { retryAfter: 5 })
      let session = first
      const tenantId = tenantOf(first)
      const closed = new AbortController()
      let wake = () => {}
      let full = false
      const stream = new Readable({
        read() {
          full = false
          wake()
        },
      })
      const close = () => {
        if (!open.delete(one)) return
        closed.abort()
        wake()
        stream.push(null)
      }
      const write = (text: string) => {
        if (!closed.signal.aborted) full = !stream.push(text)
      }
      const page: LivePage = {
        stream,
        tenantId,
        session: () => session,
        closed: closed.signal,
        unread: () => stream.readableLength,
        write,
        ready: async () => {
          while (full && !closed.signal.aborted) {
            await new Promise<void>((done) => {
              wake = done
            })
          }
        },
        close,
      }
      const one: Open = {
        page,
        token,
        kind,
        lookAgain: async () => {
          const next = await sessions.get(token).catch(() => null)
          if (next === null || tenantOf(next) !== tenantId || !may(next)) return close()
          session = next
          onRights?.()
        },
        beat: (now) => {
          // An open page is no use of a session: it ends when it would have without.
          if (now >= session.expiresAt || now >= session.lastSeenAt + session.idle) close()
          else write(': \n\n')
        },
      }
      /** Word of a change may have come between the look-up and here: then the session is another by now. */
      const missedNothing = async () => {
        const now = await sessions.get(token).catch(() => null)
        if (now !== first) await one.lookAgain()
      }
      open.add(one)
      stream.on('close', close)
      void missedNothing()
      write('retry: 1000\n\n')
      return page
    },
    close() {
      clearInterval(alive)
      for (const { page } of open) page.close()
    },
  }
}
