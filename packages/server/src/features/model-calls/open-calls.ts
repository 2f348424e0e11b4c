import type { SessionCache } from '../../platform/access/session-cache.ts'

/** An answer that is under way: whose it is, and whether it may go on. */
export type OpenCall = {
  tenantId: string
  userId: string
  may(): Promise<boolean>
  cut(why: Cut): void
}
/** `refused`: it may not go on. `unsure`: that cannot be told just now, or the server stops. */
export type Cut = 'refused' | 'unsure'

/** Answers that are under way on this replica. */
export type OpenCalls = {
  /** Answers how to say that it is over. */
  add(call: OpenCall): () => void
  /** Cuts all of them off, and waits until each is written down: the server stops. */
  close(): Promise<void>
}

/** Milliseconds that answers which are cut off may take to be over. */
const mostToEnd = 2_000

/** Each is looked at again whenever rights of its person or anything of its tenant changed, and cut off where it may not go on. */
export function followCalls(sessions: SessionCache): OpenCalls {
  const open = new Set<OpenCall>()
  let emptied = () => {}
  let closed = false
  sessions.onHeard((revocation) => {
    for (const call of open) {
      const concerned =
        revocation === null ||
        ('user' in revocation ? revocation.user === call.userId : revocation.tenant === call.tenantId)
      if (!concerned) continue
      call.may().then(
        (may) => may || call.cut('refused'),
        () => call.cut('unsure'),
      )
    }
  })
  return {
    add(call) {
      open.add(call)
      if (closed) call.cut('unsure')
      return () => {
        open.delete(call)
        if (open.size === 0) emptied()
      }
    },
    async close() {
      closed = true
      if (open.size === 0) return
      const over = new Promise<void>((resolve) => {
        emptied = resolve
        setTimeout(resolve, mostToEnd).unref()
      })
      for (const call of open) call.cut('unsure')
      await over
    },
  }
}
